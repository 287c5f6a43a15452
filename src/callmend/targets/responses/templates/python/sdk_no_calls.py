"""A completed Response without a text or a call, where the file looks at the other ends."""


def read():
    answered = __RUN__.output_text or __TEXT__(__RUN__)
    if __RUN__.status == "completed" and not answered:
        raise RuntimeError("OpenAI response has no text")
