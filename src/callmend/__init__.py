"""callmend rewrites calls to OpenAI endpoints that never existed or no longer answer.

The public API::

    from callmend import Settings, migrate

    migration = migrate(source, "components/AIAssistant.tsx", Settings(assistant_id="asst_abc"))
    migration.result      # bytes, equal to `source` where nothing is rewritten
    migration.findings    # every dead call, each in exactly one Bucket

`migrate` is pure: it reads no disk, prints nothing and raises for no input.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from callmend.edits import Edit, Span
    from callmend.engine import migrate
    from callmend.findings import Bucket, Diagnostic, Finding, Migration, Note
    from callmend.reasons import Reason
    from callmend.settings import Settings

__version__ = "0.1.0"
__all__ = [
    "Bucket",
    "Diagnostic",
    "Edit",
    "Finding",
    "Migration",
    "Note",
    "Reason",
    "Settings",
    "Span",
    "__version__",
    "migrate",
]

_HOMES = {
    "Bucket": "findings",
    "Diagnostic": "findings",
    "Edit": "edits",
    "Finding": "findings",
    "Migration": "findings",
    "Note": "findings",
    "Reason": "reasons",
    "Settings": "settings",
    "Span": "edits",
    "migrate": "engine",
}


def __getattr__(name: str) -> object:
    # Imported late: tree-sitter alone costs as much as starting the interpreter.
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'callmend' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - see above

    value: object = getattr(import_module(f"callmend.{home}"), name)
    globals()[name] = value
    return value
