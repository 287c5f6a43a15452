"""The reading of a response whose events were read to their end."""


def read():
    # Responses API format: the text of the messages that were streamed
    reply = __PARSED__
    __RESULT__ = __BODY__["output_text"] or __FALLBACK__

    if not __RESULT__:
        raise RuntimeError("No response from the model (no text)")
