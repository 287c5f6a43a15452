"""What the model says under a scenario, in neutral words that both APIs are built from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from tests.server.scenarios import Control, Reply, Scenario

REFUSAL = "I cannot help with that."
COMMENTARY = "Looking at the field first."
ERROR_MESSAGE = "The model is overloaded, please try again."


@dataclass(frozen=True)
class Part:
    """One block of a message: a text, a refusal, or an image (its text is the file's id)."""

    kind: Literal["text", "refusal", "image"]
    text: str


@dataclass(frozen=True)
class Said:
    """One message of the model."""

    parts: tuple[Part, ...]
    phase: Literal["commentary", "final_answer"] | None = None


@dataclass(frozen=True)
class Heard:
    """One message that the model is given."""

    role: str
    text: str


def text_of(content: Any) -> str:
    """The text in a request's message content; its parts are joined, images left out."""
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content or ())


def halves(text: str) -> tuple[str, str]:
    """A text cut in the middle: what scenarios with two blocks or messages say."""
    middle = (len(text) + 1) // 2
    return text[:middle], text[middle:]


def pieces(text: str, size: int = 4) -> Iterable[str]:
    """A text in the pieces that a stream carries it in."""
    return (text[n : n + size] for n in range(0, len(text), size))


def answer(control: Control, heard: Iterable[Heard]) -> str:
    """The answer's text: the fixed one, or one that shows what arrived."""
    if isinstance(control.answer, str):
        return control.answer
    heard = list(heard)
    if control.answer is Reply.TRANSCRIPT:
        return "\n".join(f"{h.role}: {h.text}" for h in heard)
    return next((h.text for h in reversed(heard) if h.role == "user"), "")


def said(scenario: Scenario, text: str) -> tuple[Said, ...]:
    """The messages that a run of this scenario leaves when it has come to its end."""
    whole = Part("text", text)
    first, second = (Part("text", half) for half in halves(text))
    match scenario:
        case Scenario.IMAGE_BEFORE_TEXT:
            return (Said((Part("image", "file-chart"), whole)),)
        case Scenario.SEVERAL_TEXT_BLOCKS:
            return (Said((first, second)),)
        case Scenario.SEVERAL_MESSAGES:
            return Said((first,)), Said((second,))
        case Scenario.PHASES:
            return (
                Said((Part("text", COMMENTARY),), "commentary"),
                Said((whole,), "final_answer"),
            )
        case Scenario.REFUSAL:
            return (Said((Part("refusal", REFUSAL),)),)
        case Scenario.EMPTY_ANSWER:
            return (Said((Part("text", ""),)),)
        case Scenario.INCOMPLETE:
            return (Said((first,)),)
        case (
            Scenario.NO_ANSWER
            | Scenario.FAILED
            | Scenario.CANCELLED
            | Scenario.CANCELLING
            | Scenario.EXPIRED
        ):
            return ()
        case _:
            return (Said((whole,)),)
