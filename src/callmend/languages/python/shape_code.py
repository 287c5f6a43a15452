"""The dict of an adapted answer: which elements it has, as nested values and as code."""

from __future__ import annotations

from callmend.calls import RefusedError
from callmend.languages.python.readers import Path
from callmend.reasons import Reason
from callmend.records import record

#: The name of the text in the code of the dict.
TEXT = "text"
#: The function that gives the fields of the JSON that a text is.
FIELDS = "answer_fields"
#: The message of a real answer, for a file that walks through `output`.
MESSAGE: dict[str, object] = {"output": [{"type": "message", "role": "assistant",
                        "content": [{"type": "output_text", "text": None}]}]}  # fmt: skip
MESSAGE_CODE = (
    '"output": [{"type": "message", "role": "assistant", '
    '"content": [{"type": "output_text", "text": text}]}]'
)


@record(frozen=True, slots=True)
class Shape:
    """The elements of the answer's dict as code, the text first, and what is read in vain.

    ``shown`` is the place of the text, for people. ``counts`` tells that the number of tokens is
    read too, ``ids`` are the names of the id in it. The code reads the name ``text``. ``whole``
    tells that no text of it is read where it can be seen. ``fields`` are those of an object that
    is read in the text's place, None where none is. ``declared`` tells that a class of the file
    says where the text stands.
    """

    elements: tuple[str, ...]
    shown: str
    missing: tuple[Path, ...] = ()
    counts: bool = False
    ids: tuple[str, ...] = ("id",)
    whole: bool = False
    fields: tuple[str, ...] | None = None
    declared: bool = False

    @property
    def told(self) -> str:
        """What of the answer is given where, for people."""
        what = "its text" if self.fields is None else "the JSON in its text"
        return f"{what} as `{self.shown}`"

    def code(self, live: str, identity: str | None = None) -> str:
        """The dict literal.

        Args:
            live: the name of the live answer.
            identity: the code of the id by which it is asked for again, if that is not its own.
        """
        *first, status = self.elements
        usage = (f'"usage": {live}.get("usage")',) if self.counts else ()
        value = f'{live}.get("id")' if identity is None else identity
        ids = (f'"{name}": {value}' for name in self.ids)
        return "{" + ", ".join((*first, *ids, status, *usage)) + "}"


def nested(names: tuple[str, ...]) -> dict[str, object]:
    """`{"output": {"message": text}}` of output, message; None stands for the text."""
    value: object = None
    for name in reversed(names):
        if name.isdigit():
            if name != "0":
                raise RefusedError(Reason.OTHER_READ, f"element {name} of a list")
            value = [value]
        else:
            value = {name: value}
    if not isinstance(value, dict):
        raise RefusedError(Reason.OTHER_READ, "the answer is read as a list")
    return value


def code_of(value: object, text: str = TEXT) -> str:
    """A value of the answer as code; None stands for what ``text`` is the code of."""
    if value is None:
        return text
    if isinstance(value, list):
        return "[" + ", ".join(code_of(inner, text) for inner in value) + "]"
    if isinstance(value, dict):
        parts = (f'"{key}": {code_of(inner, text)}' for key, inner in value.items())
        return "{" + ", ".join(parts) + "}"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def is_in(value: object, names: tuple[str, ...]) -> bool:
    """Whether nested dicts and lists have what these names lead to."""
    for name in names:
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return False
    return True
