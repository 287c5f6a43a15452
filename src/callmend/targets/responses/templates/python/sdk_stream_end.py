"""The events that end a stream of OpenAI's own client without an answer."""


def read():
    if __EVENT__.type in ("response.failed", "response.incomplete"):
        ended = __EVENT__.response
        error, incomplete = ended.error, ended.incomplete_details
        reason = error.message if error else None
        if not reason and incomplete:
            reason = incomplete.reason
        raise RuntimeError(f"OpenAI response {ended.status}: {reason}")
