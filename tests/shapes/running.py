"""Drives programs in Node against the test server, many in one process."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.js_tools import FOLDER, run
from tests.server import RunningServer, Scenario, Violation
from tests.server.scenarios import ANSWER
from tests.shapes.corpus import Shape


@dataclass(frozen=True)
class Outcome:
    """What one drive of a program gave; `requests` are those that it sent, to whatever host."""

    data: dict[str, Any]

    @property
    def broken(self) -> str | None:
        """Why the program could not be built, or None."""
        problem: str | None = self.data.get("broken")
        return problem

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The requests that the program sent."""
        sent: list[dict[str, Any]] = self.data["requests"]
        return sent

    @property
    def is_failure(self) -> bool:
        """Whether a caller sees that it failed: an error status, an exception, an exit code."""
        response = self.data["response"]
        return (
            (response is not None and response["status"] >= 400)
            or self.data["thrown"] is not None
            or bool(self.data["exit"])
        )

    def at(self, place: str) -> Any:
        """What stands at a place such as `response.json.reply`; None where there is nothing."""
        found: Any = self.data
        for name in place.split("."):
            if isinstance(found, list) and name.lstrip("-").isdigit():
                found = found[int(name)] if -len(found) <= int(name) < len(found) else None
            elif isinstance(found, dict):
                found = found.get(name)
            else:
                return None
        return found


def imagined(value: Any) -> Any:
    """An imagined answer with the answer's text in its place."""
    if isinstance(value, dict):
        return {key: imagined(each) for key, each in value.items()}
    if isinstance(value, list):
        return [imagined(each) for each in value]
    if isinstance(value, str):
        return value.replace("$ANSWER", ANSWER)
    return value


@dataclass(frozen=True)
class Ran:
    """The outcomes of a program's drives, and its requests that OpenAI would refuse."""

    outcomes: list[Outcome]
    violations: list[Violation]


def drive(
    server: RunningServer,
    programs: Iterable[tuple[Shape, bytes]],
    scenario: Scenario = Scenario.COMPLETED,
    *,
    imagining: bool = False,
) -> dict[str, Ran]:
    """Run programs one after the other; by the shape's name.

    Args:
        server: What stands for api.openai.com.
        programs: Each shape with the bytes to run.
        scenario: What the server does.
        imagining: Whether the endpoint that does not exist answers as the author imagined.
    """
    every = list(programs)
    texts = dict.fromkeys(json.dumps(imagined(s.says)) for s, _ in every if s.says is not None)
    plain = [(shape, source) for shape, source in every if shape.says is None]
    ran = _drive(server, plain, scenario, imagining=imagining)
    for text in texts:
        told = [(s, source) for s, source in every if json.dumps(imagined(s.says)) == text]
        usual, server.control.answer = server.control.answer, text
        ran |= _drive(server, told, scenario, imagining=imagining)
        server.control.answer = usual
    return {shape.name: ran[shape.name] for shape, _ in every}


def _drive(
    server: RunningServer,
    programs: Iterable[tuple[Shape, bytes]],
    scenario: Scenario,
    *,
    imagining: bool,
) -> dict[str, Ran]:
    """Run programs to which the live model says the same."""
    given = [
        shape.program(source, imagined(shape.answers) if imagining else None)
        for shape, source in programs
    ]
    if not given:
        return {}
    server.control.scenario = scenario
    with tempfile.TemporaryDirectory() as folder:
        data = {"origin": server.origin, "folder": folder, "programs": given}
        done = run(["--no-warnings", str(FOLDER / "run_shapes.mjs")], given=data)
    assert done.returncode == 0, done.stderr[-3000:]
    violations: dict[str, list[Violation]] = {}
    for violation in server.take_violations():
        violations.setdefault(violation.request.headers.get("x-shape", ""), []).append(violation)
    server.reset()
    return {
        program["name"]: Ran(
            [Outcome(each) for each in outcomes], violations.get(program["name"], [])
        )
        for program, outcomes in zip(given, json.loads(done.stdout), strict=True)
    }
