"""Wrong Python calls of the Responses API: goldens, what is left, and what the programs do."""

from __future__ import annotations

import asyncio
import inspect
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests import wrong_python_calls
from tests.python_goldens import bom, crlf, no_final_newline
from tests.python_invariants import check
from tests.server import RunningServer, Scenario, running_server
from tests.skipping import needs
from tests.test_goldens import found_in
from tests.tools import collect_garbage

#: A golden program may leave its client open, as the programs that it stands for do.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
GOLDENS = Path(__file__).with_name("goldens_wrong_python")
_RULE = "CM301"
ANSWER = "The answer."


@dataclass(frozen=True)
class Golden:
    """A pair of files: what is given, what has to come out, and what is found on the way."""

    name: str
    source: bytes
    expected: bytes
    findings: str
    settings: Settings


@cache
def goldens() -> dict[str, Golden]:
    """Every folder of tests/goldens_wrong_python, by name."""
    found = {}
    for folder in sorted(GOLDENS.iterdir()):
        findings, settings = folder / "findings.txt", folder / "settings.toml"
        given = tomllib.loads(settings.read_text()) if settings.exists() else {}
        found[folder.name] = Golden(
            name=folder.name,
            source=(folder / "input.py").read_bytes(),
            expected=(folder / "expected.py").read_bytes(),
            findings=findings.read_text() if findings.exists() else f"{_RULE} migrated\n",
            settings=Settings(target="responses", **given),
        )
    return found


each_golden = pytest.mark.parametrize("golden", goldens().values(), ids=lambda golden: golden.name)


@each_golden
def test_golden(golden: Golden) -> None:
    migration = check(golden.source, "input.py", golden.settings)
    assert migration.result.decode() == golden.expected.decode()
    assert found_in(migration) == golden.findings


@each_golden
@pytest.mark.parametrize("variant", [crlf, bom, no_final_newline])
def test_variant(golden: Golden, variant: Any) -> None:
    migration = check(variant(golden.source), "input.py", golden.settings)
    assert migration.result == variant(golden.expected)


@each_golden
def test_what_is_mended_is_right_whichever_target_asks(golden: Golden) -> None:
    for target in ("assistants", "responses"):
        assert check(golden.expected, "input.py", Settings(target=target)).findings == ()


@each_golden
def test_the_default_target_leaves_it_and_names_the_one_that_mends(golden: Golden) -> None:
    migration = check(golden.source, "input.py")
    assert migration.result == golden.source
    assert {f.reason for f in migration.findings} == {Reason.OTHER_TARGET}


@pytest.mark.parametrize(
    "case", wrong_python_calls.LEFT.values(), ids=list(wrong_python_calls.LEFT)
)
def test_it_is_left_because(case: wrong_python_calls.Left) -> None:
    migration = check(case.source.encode(), "a.py", Settings(target=case.target))
    assert migration.result.decode() == case.source
    assert [(f.rule, f.reason) for f in migration.findings] == [(_RULE, case.reason)]


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize("name", wrong_python_calls.NOT_OURS)
def test_a_right_call_and_a_look_alike_are_never_named(name: str, target: str) -> None:
    source = wrong_python_calls.NOT_OURS[name].encode()
    assert check(source, "a.py", Settings(target=target)).findings == ()


def test_refusals_are_as_many_as_rewrites() -> None:
    left = len(wrong_python_calls.LEFT) + len(wrong_python_calls.NOT_OURS)
    assert left >= 2 * len(goldens())


def test_the_function_stays_where_the_first_of_two_calls_is_ignored() -> None:
    first = wrong_python_calls.ask().replace(
        "    response =", "    # callmend-ignore CM301\n    response ="
    )
    second = wrong_python_calls.ask(head="").replace("def ask(", "def again(")
    migration = check((first + second).encode(), "a.py", Settings(target="responses"))
    assert [f.bucket for f in migration.findings] == [Bucket.IGNORED, Bucket.MIGRATED]
    result = migration.result.decode()
    assert result.index("def response_text(") < result.index("def again(")
    assert "return response_text(data)" in result


def test_a_name_that_the_file_has_is_not_taken() -> None:
    source = wrong_python_calls.ask() + "\n\nresponse_text = 1\n"
    result = check(source.encode(), "a.py", Settings(target="responses")).result.decode()
    assert "def response_text_2(answered" in result
    assert "return response_text_2(data)" in result


# --- what the programs do


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running_server() as running:
        yield running
    collect_garbage()


def _asked(source: bytes, server: RunningServer) -> object:
    """What a program's `ask` answers when OpenAI is the server."""
    text = source.decode().replace("https://api.openai.com", server.origin)
    names: dict[str, Any] = {"__name__": "program"}
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OPENAI_API_KEY", "key")
        patched.setenv("OPENAI_BASE_URL", server.base_url)
        exec(compile(text, "program.py", "exec"), names)  # noqa: S102  # one of our own goldens
        answer = names["ask"]("hello")
        return asyncio.run(answer) if inspect.iscoroutine(answer) else answer


def _set(server: RunningServer, scenario: Scenario) -> None:
    needs("requests", "httpx", "openai")
    server.reset()
    server.control.scenario = scenario
    server.control.answer = ANSWER


@each_golden
def test_before_it_gives_no_answer(golden: Golden, server: RunningServer) -> None:
    _set(server, Scenario.COMPLETED)
    try:
        said = _asked(golden.source, server)
    except Exception as error:  # noqa: BLE001  # each client has its own
        assert not isinstance(error, (SyntaxError, NameError, ImportError))  # noqa: PT017
    else:
        assert ANSWER not in str(said)
    server.take_violations()


@each_golden
@pytest.mark.parametrize(
    "scenario",
    [Scenario.COMPLETED, Scenario.REASONING_FIRST, Scenario.SEVERAL_MESSAGES],
)
def test_after_it_gives_the_whole_answer(
    golden: Golden, scenario: Scenario, server: RunningServer
) -> None:
    _set(server, scenario)
    assert _asked(golden.expected, server) == ANSWER
    server.assert_no_violations()


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        (Scenario.FAILED, "Response failed: |overloaded"),
        (Scenario.INCOMPLETE, "Response incomplete: max_output_tokens"),
        (Scenario.REFUSAL, "The model refused: "),
        (Scenario.EMPTY_ANSWER, "no text|nothing was said"),
        (Scenario.UNAUTHORIZED, "(?i)401|unauthorized|api key"),
    ],
)
@pytest.mark.parametrize(
    "golden",
    # What is read by the SDK as it was is right, and no business of callmend's.
    [golden for golden in goldens().values() if b"response_text(" in golden.expected],
    ids=lambda golden: golden.name,
)
def test_what_is_no_answer_never_comes_out_as_one(
    golden: Golden, scenario: Scenario, words: str, server: RunningServer
) -> None:
    _set(server, scenario)
    if scenario is Scenario.EMPTY_ANSWER and b"No summary." in golden.expected:
        assert _asked(golden.expected, server) == "No summary."
    else:
        with pytest.raises(Exception, match=words):
            _asked(golden.expected, server)
    server.take_violations()
