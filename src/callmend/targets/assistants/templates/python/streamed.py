"""The reading of a run whose events were read to their end."""


def read():
    # Assistants API response format: the text of the messages that were streamed
    run = __PARSED__
    __RESULT__ = __BODY__["output_text"] or __FALLBACK__

    if not __RESULT__:
        raise RuntimeError("No response from assistant (no text)")
