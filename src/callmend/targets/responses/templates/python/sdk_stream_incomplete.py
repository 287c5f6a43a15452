"""The event of an answer that was cut off, where the file itself looks at failures."""


def read():
    if __EVENT__.type == "response.incomplete":
        incomplete = __EVENT__.response.incomplete_details
        reason = incomplete and incomplete.reason
        raise RuntimeError(f"OpenAI response incomplete: {reason}")
