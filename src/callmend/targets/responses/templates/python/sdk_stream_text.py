"""The pieces of the text among the events of a stream."""


def read():
    if __EVENT__.type != "response.output_text.delta":
        continue
    __TEXT__ = __EVENT__.delta
