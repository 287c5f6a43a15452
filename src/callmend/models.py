"""OpenAI's models: which are live, gone or going, with dates and sources, from models.toml."""

from __future__ import annotations

import tomllib
from datetime import date
from enum import Enum
from functools import cache

from callmend.data import read_data
from callmend.records import record


class Standing(Enum):
    """Whether a model answers."""

    LIVE = "live"
    RETIRED = "retired"
    RETIRING = "retiring"
    UNKNOWN = "unknown"


@record(frozen=True, slots=True)
class ModelStatus:
    """What is known of a model; ``ends`` is the ISO date it goes, ``instead`` OpenAI's advice."""

    model: str
    standing: Standing
    ends: str | None = None
    instead: str | None = None

    @property
    def may_be_written(self) -> bool:
        """Whether new code may name the model: it is not gone, and no end is announced."""
        return self.standing in (Standing.LIVE, Standing.UNKNOWN)

    @property
    def sentence(self) -> str:
        """The status in words, for a note."""
        if self.standing is Standing.RETIRED:
            return f"{self.model} was shut down on {self.ends}"
        if self.standing is Standing.RETIRING:
            return f"{self.model} is shut down on {self.ends}"
        if self.standing is Standing.LIVE:
            return f"{self.model} is live"
        return f"{self.model} is in no list that callmend knows"


@record(frozen=True, slots=True)
class _Catalogue:
    default: str
    announced: str
    sources: tuple[str, ...]
    by_name: dict[str, ModelStatus]


@cache
def _catalogue() -> _Catalogue:
    data = tomllib.loads(read_data("models.toml").decode())
    found = {name: ModelStatus(name, Standing.LIVE) for name in data["live"]["models"]}
    for row in data["shutdown"]:
        for name in row["models"]:
            # RETIRED or RETIRING depends on the day that is asked about; see `status_of`.
            found[name] = ModelStatus(name, Standing.RETIRING, row["on"], row.get("instead"))
    return _Catalogue(data["default"], data["announced"], tuple(data["sources"]), found)


def default_model() -> str:
    """The model that new code names where nothing else decides: OpenAI's advice."""
    return _catalogue().default


def sources() -> tuple[str, ...]:
    """Where the dates come from."""
    return _catalogue().sources


def status_of(model: str, today: date | None = None) -> ModelStatus:
    """A model's status on a day (the catalogue's own day if None, so that runs repeat).

    A name that is in no list (a fine-tune, a model of another service) is UNKNOWN.
    """
    known = _catalogue().by_name.get(model)
    if known is None:
        return ModelStatus(model, Standing.UNKNOWN)
    if known.ends is None:
        return known
    day = _catalogue().announced if today is None else today.isoformat()
    standing = Standing.RETIRED if known.ends <= day else Standing.RETIRING
    return ModelStatus(model, standing, known.ends, known.instead)
