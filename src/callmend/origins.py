"""Where a call's assistant id comes from: the language-neutral facts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from callmend.edits import Span

#: An assistant's id as OpenAI made them: `asst_` and letters or digits.
ASSISTANT_ID = re.compile(r"asst_[A-Za-z0-9]+")
_PLACEHOLDER = re.compile(
    r"(?i)wf_|your|placeholder|x{3,}|todo|replace|change|<.*>|\.\.\.|_id$|^id$"
)


class Where(Enum):
    """What kind of place an id comes from."""

    LITERAL = "literal"
    IMPORT = "import"
    ENVIRONMENT = "environment"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an id comes from, as far as its own file tells.

    ``span`` is the literal (LITERAL) or the expression in the call. ``value`` is the literal's text
    or the variable's name. For IMPORT, ``module`` is the specifier as written, ``name`` the export
    that is imported (``default`` and ``*`` included) and ``member`` the member read from it last.
    """

    where: Where
    span: Span
    shown: str
    value: str = ""
    module: str = ""
    name: str = ""
    member: str = ""


def is_open(value: str) -> bool:
    """Whether a constant waits for an id: empty, a workflow's id, or a placeholder."""
    if ASSISTANT_ID.fullmatch(value) and not re.search(r"(?i)your|xxx", value):
        return False
    return not value.strip() or bool(_PLACEHOLDER.search(value))
