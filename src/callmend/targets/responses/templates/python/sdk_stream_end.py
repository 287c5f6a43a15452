"""The events that end a stream of OpenAI's own client without an answer."""


def read():
    if __EVENT__.type == "response.failed" or __EVENT__.type == "response.incomplete":
        error, incomplete = __EVENT__.response.error, __EVENT__.response.incomplete_details
        reason = error.message if error else incomplete and incomplete.reason
        raise RuntimeError(f"OpenAI response {__EVENT__.response.status}: {reason}")
