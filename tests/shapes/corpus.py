"""The shapes as they are on disk: each program, its kind, and how it is driven."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
KINDS = ("migrate", "leave", "untouched", "not-mentioned")
#: What every program finds in its environment; a shape adds its own.
ENVIRONMENT = {
    "OPENAI_API_KEY": "sk-test",
    "OPENAI_WORKFLOW_ID": "wf_env",
    "WORKFLOW_ID": "wf_env",
    "AGENT_WORKFLOW_ID": "wf_env",
    "OPENAI_AGENT_ID": "wf_env",
    "CHATKIT_WORKFLOW_ID": "wf_env",
    "OPENAI_PROJECT_ID": "proj_test",
    "OPENAI_MODEL": "gpt-6-luna",
    "NODE_ENV": "production",
}


@dataclass(frozen=True)
class Drive:
    """One way in which a program is called, and where its answer has to appear."""

    given: Mapping[str, Any]
    expects: str
    match: str = "equals"
    message: str | None = None
    message_has: Sequence[str] = ()
    history: Sequence[Mapping[str, str]] | None = None
    failure: str | None = None
    shows: str = "answer"


_OF_DRIVE = ("expects", "match", "message", "message_has", "history", "failure", "shows")


@dataclass(frozen=True)
class Shape:
    """One program of the corpus; `path` is the file's name, with the suffix of its language.

    ``bystanders`` are lines of a composed one that have nothing to do with its call. ``settings``
    are what a run is asked for beside the target, by the field's name. ``says`` is what the live
    model answers where the program reads an object, with `$ANSWER` where the answer is to be shown.
    """

    name: str
    path: str
    source: bytes
    title: str
    kind: str
    calls: int = 1
    answers: Any = None
    says: Any = None
    dimensions: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    modules: Mapping[str, Any] = field(default_factory=dict)
    elsewhere: Mapping[str, Any] = field(default_factory=dict)
    argv: Sequence[str] = ()
    browser: bool = False
    project: str | None = None
    reported: Sequence[str] = ()
    drives: tuple[Drive, ...] = ()
    bystanders: Sequence[str] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def hands_on(self) -> bool:
        """Whether what the program gives has more of the endpoint's answer in it than its text."""
        return self.dimensions.get("reading", "").startswith(("whole", "text-handed", "stream"))

    def program(self, source: bytes, answers: Any = None) -> dict[str, Any]:
        """What `tests/js/run_shapes.mjs` takes."""
        return {
            "name": self.name,
            "path": self.path,
            "source": source.decode("utf-8"),
            "env": {**ENVIRONMENT, **self.env},
            "modules": self.modules,
            "elsewhere": self.elsewhere,
            "answers": answers,
            "argv": list(self.argv),
            "browser": self.browser,
            "drives": [dict(drive.given) for drive in self.drives],
        }


def _shape(folder: Path) -> Shape:
    data = tomllib.loads((folder / "shape.toml").read_text(encoding="utf-8"))
    [path] = folder.glob("input.*")
    drives = []
    for given in data.pop("drive", []):
        own = {key: given.pop(key) for key in _OF_DRIVE if key in given}
        drives.append(Drive(given, **own))
    shape = Shape(folder.name, path.name, path.read_bytes(), drives=tuple(drives), **data)
    assert shape.kind in KINDS, f"{folder.name}: {shape.kind}"
    assert shape.kind != "migrate" or shape.drives, f"{folder.name} is not driven"
    return shape


@cache
def shapes(kind: str | None = None) -> tuple[Shape, ...]:
    """The shapes of one kind, or all, by name."""
    found = (_shape(path.parent) for path in sorted(FOLDER.glob("*/shape.toml")))
    return tuple(shape for shape in found if kind in (None, shape.kind))
