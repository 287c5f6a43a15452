"""The ends of a Response without an answer that the file does not look at itself."""


def read():
    if __ENDED__:
        error, incomplete = __RUN__.error, __RUN__.incomplete_details
        reason = error.message if error else None
        if not reason and incomplete:
            reason = incomplete.reason
        raise RuntimeError(f"OpenAI response {__RUN__.status}: {reason}")
