"""Whether what a program did is right, and the outcome of each shape on each target."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from callmend.findings import Bucket, Migration
from callmend.settings import load
from tests import invariants
from tests.server import RunningServer, Scenario
from tests.server.saying import ERROR_MESSAGE, REFUSAL
from tests.server.scenarios import ANSWER
from tests.shapes.corpus import Drive, Shape
from tests.shapes.running import Outcome, Ran, drive

TARGETS = ("assistants", "responses")
#: What `tests/js/shapes_wire.mjs` answers to a chat completion.
CHAT = "what the chat model says"
#: After these no answer may be shown.
FAILURES = (
    Scenario.FAILED,
    Scenario.UNAUTHORIZED,
    Scenario.REFUSAL,
    Scenario.EMPTY_ANSWER,
    Scenario.SERVER_ERROR,
)
#: What must never stand where the answer belongs: errors, refusals, JSON, and values as text.
_NO_ANSWER = re.compile(
    "|".join(
        [
            *map(re.escape, (ANSWER, ERROR_MESSAGE, REFUSAL, "Incorrect API key")),
            re.escape("The server had an error"),
            r"\[object \w+\]",
            r"\bundefined\b",
            r"\b(?:run|resp|thread|msg)_\w",
            r"[{\[]\s*\\?\"",
        ]
    )
)
_DEAD = re.compile(r"/(?:agents?/)?workflows?\b|/v1/runs\b|/invoke\b")


@dataclass(frozen=True)
class Verdict:
    """What became of a shape on a target: migrated, left, partly, unnoticed, or wrong, and why."""

    shape: Shape
    target: str
    outcome: str
    detail: str = ""

    @property
    def is_wrong(self) -> bool:
        """Whether a wrong rewrite was made."""
        return self.outcome == "WRONG"


def migrate(shape: Shape, target: str) -> Migration:
    """The shape's migration, through all that holds for every migration.

    Raises:
        AssertionError: something does not hold.
    """
    settings = load("", {**shape.settings, "target": target}, search=False)
    return invariants.check(shape.source, shape.path, settings)


def forms(migration: Migration) -> str:
    """In which form a file was migrated: in place, or through a function that is put at its end."""
    inserted = b"\n".join(edit.text for edit in migration.edits).decode()
    if re.search(r"^async function \w+\(\s*asked\b", inserted, re.MULTILINE):
        return "function in the file"
    return "in place"


def judge(server: RunningServer, shapes: Sequence[Shape], target: str) -> list[Verdict]:
    """Migrate shapes of any kind, run what was migrated, and say what became of each."""
    verdicts: dict[str, Verdict] = {}
    migrated: dict[str, Migration] = {}
    for shape in shapes:
        try:
            migration = migrate(shape, target)
        except AssertionError as error:
            verdicts[shape.name] = Verdict(shape, target, "WRONG", f"invariant: {error}")
            continue
        verdicts[shape.name] = _of_the_migration(shape, target, migration)
        if verdicts[shape.name].outcome == "migrated":
            migrated[shape.name] = migration
    programs = [(shape, migrated[shape.name].result) for shape in shapes if shape.name in migrated]
    sources = [(shape, shape.source) for shape, _ in programs]
    dead = drive(server, sources)
    alive = drive(server, sources, imagining=True)
    for scenario in (Scenario.COMPLETED, *FAILURES):
        ran = drive(server, programs, scenario)
        for shape, _ in programs:
            before = alive if scenario is Scenario.COMPLETED else dead
            wrong = [
                *problems(shape, ran[shape.name], scenario, target),
                *changes(shape, before[shape.name], ran[shape.name], scenario),
            ]
            if wrong and not verdicts[shape.name].is_wrong:
                detail = f"{scenario.value}: {wrong[0]}"
                verdicts[shape.name] = Verdict(shape, target, "WRONG", detail)
    return [verdicts[shape.name] for shape in shapes]


def _of_the_migration(shape: Shape, target: str, migration: Migration) -> Verdict:
    """What the findings say, before anything is run."""

    def verdict(outcome: str, detail: str = "") -> Verdict:
        return Verdict(shape, target, outcome, detail)

    found = migration.findings
    left = [f for f in found if f.bucket is Bucket.LEFT]
    done = [f for f in found if f.bucket is Bucket.MIGRATED]
    reasons = "; ".join(
        f"{f.reason.code if f.reason else ''}{f' ({f.detail})' if f.detail else ''}" for f in left
    )
    if shape.kind == "not-mentioned":
        if found:
            return verdict("WRONG", f"mentioned: {found[0].bucket.value} {reasons}")
        return verdict("not mentioned")
    if shape.kind != "migrate" and migration.changed:
        return verdict("WRONG", "rewritten although it must be left")
    if shape.kind == "untouched":
        return verdict("untouched", reasons)
    if len(found) < shape.calls:
        return verdict("unnoticed", f"{len(found)} of {shape.calls} calls; {reasons}".rstrip("; "))
    if not done:
        return verdict("left" if left else "ignored", reasons)
    if left:
        return verdict("partly", reasons)
    told = "\n".join(note.text for finding in done for note in finding.notes)
    if silent := [name for name in shape.reported if name not in told]:
        return verdict("WRONG", f"the report does not say what became of {', '.join(silent)}")
    return verdict("migrated", forms(migration))


def problems(shape: Shape, ran: Ran, scenario: Scenario, target: str) -> Iterator[str]:
    """What is wrong with a migrated program's run; nothing where it is right."""
    if ran.outcomes[0].broken:
        yield f"cannot be built: {ran.outcomes[0].broken}"
        return
    for violation in ran.violations:
        # The specification's polling goes on where no run was made (docs/behaviour.md).
        if scenario is Scenario.COMPLETED or "/threads/undefined/runs/undefined" not in str(
            violation
        ):
            yield f"OpenAI refuses the request: {violation}"
    for given, outcome in zip(shape.drives, ran.outcomes, strict=True):
        dead = [r["url"] for r in outcome.requests if _DEAD.search(r["url"]) and _is_openai(r)]
        if dead:
            yield f"still calls {dead[0]}"
        for problem in outcome.data["unhandled"]:
            yield f"an error that nobody catches: {problem}"
        if given.shows == "chat":
            if not _shows(outcome, given, CHAT):
                yield f"the live call does not answer any more: {_seen(outcome, given)}"
        elif scenario is Scenario.COMPLETED:
            if not _shows(outcome, given, ANSWER):
                yield f"no answer at {given.expects}: {_seen(outcome, given)}"
            else:
                yield from _asked(shape, given, outcome, target)
        elif (shown := shown_as_answer(outcome, given)) is not None:
            yield f"shown as an answer at {given.expects}: {shown[:300]}"


def changes(shape: Shape, before: Ran, after: Ran, scenario: Scenario) -> Iterator[str]:
    """What a migrated program does otherwise than its input, beside the answer itself.

    Args:
        shape: The program.
        before: Its input's run: where the dead endpoint answered as imagined if the scenario is
            COMPLETED, else where it answered 404.
        after: The migrated program's run.
        scenario: What the server did to the latter.
    """
    if after.outcomes[0].broken or (scenario is Scenario.COMPLETED and shape.answers is None):
        return
    for old, new in zip(before.outcomes, after.outcomes, strict=True):
        if scenario is Scenario.COMPLETED:
            for name in ("thrown", "exit", "unhandled"):
                if old.data[name] != new.data[name]:
                    yield f"{name} was {old.data[name]} and is {new.data[name]}"
            if old.at("response.status") != new.at("response.status"):
                yield f"the status is {new.at('response.status')}"
            if _elsewhere(old) != _elsewhere(new):
                yield f"asked others for {_elsewhere(old)} and now for {_elsewhere(new)}"
            if not shape.hands_on and _shown(old) != _shown(new):
                yield f"gave {_shown(old)} and now gives {_shown(new)}"
        elif scenario in _REFUSALS and old.is_failure and not new.is_failure:
            yield f"a failure is not seen any more: {_shown(new)}"


#: Here a request fails as it did when the endpoint was missing: the file's own way must be taken.
_REFUSALS = (Scenario.FAILED, Scenario.UNAUTHORIZED, Scenario.SERVER_ERROR)


def _elsewhere(outcome: Outcome) -> list[tuple[str, str, str]]:
    """The requests that have nothing to do with the dead endpoint: live ones, and other hosts'."""
    ours = re.compile(rf"{_DEAD.pattern}|/v1/threads\b|/v1/responses\b")
    return [
        (r["method"], r["url"], r["body"])
        for r in outcome.requests
        if not (_is_openai(r) and ours.search(r["url"]))
    ]


def _shown(outcome: Outcome) -> list[Any]:
    response = outcome.data["response"] or {}
    given = response["json"] if response.get("json") is not None else response.get("stream")
    shown = [outcome.data["returned"], given, outcome.data["state"], outcome.data["stdout"]]
    return [_CLOCK.sub("TIME", json.dumps(each, ensure_ascii=False)) for each in shown]


#: A migrated program waits for other times than its input.
_CLOCK = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")


def _is_openai(request: dict[str, Any]) -> bool:
    return str(request["url"]).startswith("https://api.openai.com/")


def _shows(outcome: Outcome, given: Drive, text: str) -> bool:
    value = outcome.at(given.expects)
    if given.match == "contains":
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return text in shown
    return isinstance(value, str) and value.strip() == text


def shows_the_answer(outcome: Outcome, given: Drive) -> bool:
    """Whether the answer stands where the shape expects it."""
    if outcome.broken:
        return False
    return _shows(outcome, given, CHAT if given.shows == "chat" else ANSWER)


def _seen(outcome: Outcome, given: Drive) -> str:
    value = json.dumps(outcome.at(given.expects), ensure_ascii=False)
    rest = {k: outcome.data[k] for k in ("response", "thrown", "stdout", "stderr", "returned")}
    return f"{value[:200]}; {json.dumps(rest, ensure_ascii=False)[:600]}"


def shown_as_answer(outcome: Outcome, given: Drive) -> str | None:
    """What is shown where the answer belongs although there is none, or None.

    An error status, an exception and the file's own words for a failure are no answer; neither is
    what the file gets from another model.
    """
    value = outcome.at(given.expects)
    if outcome.is_failure or value is None or value == "":
        return None
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if CHAT in shown or (given.failure is not None and re.search(given.failure, shown)):
        return None
    return shown if _NO_ANSWER.search(shown) else None


def _asked(shape: Shape, given: Drive, outcome: Outcome, target: str) -> Iterator[str]:
    """Whether what was asked of the API is what the program means to ask."""
    paths = ("/v1/responses",) if target == "responses" else ("/v1/threads/runs",)
    sent = [r for r in outcome.requests if r["method"] == "POST" and r["url"].endswith(paths)]
    if not sent:
        yield f"no request was sent to {paths[0]}"
        return
    body = json.loads(sent[-1]["body"])
    messages = body["input"] if target == "responses" else body["thread"]["messages"]
    if isinstance(messages, str):
        messages = [{"role": "user", "content": messages}]
    spoken = [(m["role"], _text(m["content"])) for m in messages]
    role, last = spoken[-1] if spoken else ("", "")
    if role != "user":
        yield f"the last message is not the user's: {spoken}"
    if given.message is not None and last != given.message:
        yield f"asked {last!r} instead of {given.message!r}"
    for part in given.message_has:
        if part not in last:
            yield f"{part!r} did not reach the API: {last!r}"
    if given.history is not None:
        earlier = [(h["role"], h["content"]) for h in given.history]
        if spoken[:-1] != earlier:
            yield f"the earlier messages are {spoken[:-1]} instead of {earlier}"
    if shape.project is not None:
        for request in sent:
            if request["headers"].get("openai-project") != shape.project:
                yield "the header OpenAI-Project did not survive"


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content)
