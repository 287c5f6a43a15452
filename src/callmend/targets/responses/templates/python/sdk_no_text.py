"""A completed Response without a text, where the file itself looks at the other ends."""


def read():
    if __RUN__.status == "completed" and not __RUN__.output_text:
        raise RuntimeError("OpenAI response has no text")
