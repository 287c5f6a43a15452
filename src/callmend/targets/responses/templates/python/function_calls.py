"""The calls of functions that a Response of OpenAI's own client asks for."""

import typing


def function_calls(response: typing.Any) -> list[typing.Any]:
    """Give the calls of functions that a response asks for."""
    return [item for item in response.output if item.type == "function_call"]
