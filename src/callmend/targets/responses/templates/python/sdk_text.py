"""A completed Response of OpenAI's own client may still hold a refusal and no text."""


def read():
    if not __RUN__.output_text:
        raise RuntimeError("OpenAI response has no text")
