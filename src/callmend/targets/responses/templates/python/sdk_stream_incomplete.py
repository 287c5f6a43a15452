"""The event of an answer that was cut off, where the file itself looks at failures."""


def read():
    if __EVENT__.type == "response.incomplete":
        incomplete = __EVENT__.response.incomplete_details
        raise RuntimeError(f"OpenAI response incomplete: {incomplete and incomplete.reason}")
