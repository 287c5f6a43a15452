"""What has to hold of a Response of OpenAI's own client before its text is read."""


def read():
    if __RUN__.status != "completed" or not __RUN__.output_text:
        error, incomplete = __RUN__.error, __RUN__.incomplete_details
        reason = error.message if error else incomplete and incomplete.reason
        raise RuntimeError(f"OpenAI response {__RUN__.status}: {reason}")
