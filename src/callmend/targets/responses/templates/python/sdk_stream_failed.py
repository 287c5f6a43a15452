"""The event of a failure, where the file itself looks at what is incomplete."""


def read():
    if __EVENT__.type == "response.failed":
        error = __EVENT__.response.error
        reason = error and error.message
        raise RuntimeError(f"OpenAI response failed: {reason}")
