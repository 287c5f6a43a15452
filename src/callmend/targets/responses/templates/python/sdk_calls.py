"""What has to hold of a Response of OpenAI's own client that may call functions."""


def read():
    answered = __RUN__.output_text or __TEXT__(__RUN__)
    if __RUN__.status != "completed" or not answered:
        error, incomplete = __RUN__.error, __RUN__.incomplete_details
        reason = error.message if error else incomplete and incomplete.reason
        raise RuntimeError(f"OpenAI response {__RUN__.status}: {reason}")
