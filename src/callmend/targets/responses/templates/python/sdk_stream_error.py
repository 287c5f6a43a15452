"""The event of an error on OpenAI's side, which the client does not raise."""


def read():
    if __EVENT__.type == "error":
        raise RuntimeError(f"OpenAI response error: {__EVENT__.message}")
