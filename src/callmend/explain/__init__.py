"""The texts of `callmend explain`: topics, rules and reasons, from Markdown files in this package.

A rule's text comes from the catalogue and a reason's from `Reason`, so that a new one of either
explains itself; the files add what is not said there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callmend.data import read_data
from callmend.reasons import Reason
from callmend.records import record

if TYPE_CHECKING:
    from callmend.endpoints import Endpoint

#: The topics that have a file of their own, in the order in which they are listed.
TOPICS = (
    "why", "flow", "terms", "links", "targets", "wrong-calls", "streaming", "exit-codes",
    "settings", "ignoring",
)  # fmt: skip


@record(frozen=True, slots=True)
class Topic:
    """Something that can be explained: the word to type, and a title on one line."""

    name: str
    title: str


def topics() -> tuple[Topic, ...]:
    """Everything that `explain` knows: the topics, then the rules, then the reasons."""
    from callmend.endpoints import catalogue  # noqa: PLC0415  # reads the catalogue's file

    written = [Topic(name, _file(f"topics/{name}.md").split("\n", 1)[0][2:]) for name in TOPICS]
    rules = [Topic(endpoint.rule, endpoint.summary) for endpoint in catalogue()]
    reasons = [Topic(r.code, r.summary) for r in Reason if r.code not in TOPICS]
    return (*written, *rules, *reasons)


def overview() -> str:
    """The list of everything that can be explained, for people."""
    known = topics()
    written, rest = known[: len(TOPICS)], known[len(TOPICS) :]
    rules = [topic for topic in rest if Reason.by_code(topic.name) is None]
    reasons = [topic for topic in rest if topic not in rules]
    width = max(len(topic.name) for topic in known)
    lines = ["callmend explain TOPIC"]
    for head, group in (
        ("Topics", written),
        ("Rules", rules),
        ("Reasons why a call is left", reasons),
    ):
        lines += ["", f"{head}:", *(f"  {topic.name:{width}}  {topic.title}" for topic in group)]
    return "\n".join(lines) + "\n"


def explain(word: str) -> str | None:
    """The text for a topic, a rule's code or a reason's code, in Markdown; None if it is neither.

    Upper and lower case are the same. A reason that has a topic's name stands below that topic.
    """
    from callmend.endpoints import by_rule  # noqa: PLC0415  # reads the catalogue's file

    name = word.lower()
    parts: list[str] = []
    if name in TOPICS:
        parts.append(_file(f"topics/{name}.md"))
    if (endpoint := by_rule(word.upper())) is not None:
        parts.append(_rule(endpoint))
    if (reason := Reason.by_code(name)) is not None:
        parts.append(_reason(reason))
    return "\n".join(parts) or None


def _rule(endpoint: Endpoint) -> str:
    called = f"{endpoint.method} {endpoint.path}" if endpoint.path else endpoint.id
    found_at = f"- found at: {', '.join(endpoint.hosts)}, and at no other host"
    lines = [
        f"# {endpoint.rule}: {called}",
        "",
        f"{endpoint.summary}.",
        "",
        f"- status: {endpoint.status.value}{f', ends {endpoint.ends}' if endpoint.ends else ''}",
        *([found_at] if endpoint.hosts else []),
        f"- written in its place: {_written(endpoint)}",
        "- see also: `callmend explain targets`, `callmend explain ignoring`",
        "",
        "Sources:",
        "",
        *(f"- {source}" for source in endpoint.sources),
    ]
    return "\n".join(lines) + "\n"


def _written(endpoint: Endpoint) -> str:
    from callmend.endpoints import Status  # noqa: PLC0415  # reads the catalogue's file

    if endpoint.targets:
        return ", ".join(f"`{target}`" for target in endpoint.targets)
    if endpoint.status is Status.RETIRED:
        return "`responses`, for the whole run that it belongs to, where that is certain"
    if endpoint.part:
        return "nothing of its own: it is rewritten or goes with the call that starts the run"
    return "nothing; such a call is reported and left"


def _reason(reason: Reason) -> str:
    lines = [
        f"# Left: {reason.code}",
        "",
        f"The call is left, because {reason.summary}.",
        "",
        f"What to do: {reason.advice}",
    ]
    summary, advice = reason.in_python
    if (summary, advice) != (reason.summary, reason.advice):
        lines += ["", f"In Python: {summary}.", "", f"What to do there: {advice}"]
    if example := _examples().get(reason.code):
        lines += ["", "For example:", "", *(f"    {line}" for line in example.split("\n"))]
    return "\n".join(lines) + "\n"


def _examples() -> dict[str, str]:
    """The example of each reason that has one, by its code."""
    sections = _file("reasons.md").split("\n## ")[1:]
    parted = (section.partition("\n") for section in sections)
    return {code: text.strip("\n") for code, _, text in parted}


def _file(name: str) -> str:
    return read_data("explain", name).decode("utf-8")
