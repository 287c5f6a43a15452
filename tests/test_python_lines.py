"""Python programs that read a stream line by line: the events that they are given, and refusals."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_goldens import goldens
from tests.python_invariants import check
from tests.server import RunningServer, Scenario, Wire, running_server
from tests.skipping import needs
from tests.test_python_behaviour import asked

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
#: Each case with one target: what is understood of a loop is the same for both.
_TARGETS = itertools.cycle(["assistants", "responses"])
_PROGRAMS = sorted(name for name in goldens() if name.startswith("stream-lines-"))


@pytest.fixture(scope="module")
def running() -> Iterator[RunningServer]:
    needs("requests", "httpx", "aiohttp", "openai", "fastapi")
    with pytest.MonkeyPatch.context() as patched, running_server() as started:
        patched.setenv("OPENAI_API_KEY", "sk-test-1")
        patched.setenv("WORKFLOW_ID", "asst_test1")
        yield started


@pytest.fixture
def server(running: RunningServer) -> Iterator[RunningServer]:
    yield running
    running.reset()


#: Words of the error that has to come out: of a run, of a Response; None where all is well there.
_FAILING: dict[Scenario, tuple[str | None, str | None]] = {
    Scenario.FAILED: ("run failed: The model", "Response failed: The model"),
    Scenario.CANCELLED: ("run cancelled", "Response cancelled"),
    Scenario.EXPIRED: ("run expired", None),
    Scenario.INCOMPLETE: ("max_completion_tokens", "max_output_tokens"),
    Scenario.REQUIRES_ACTION: ("requires_action", "No response"),
    Scenario.UNAUTHORIZED: ("401|API key", "401|API key"),
    Scenario.RATE_LIMITED: ("429|Rate limit", "429|Rate limit"),
    Scenario.SERVER_ERROR: ("500|server had", "500|server had"),
    Scenario.BAD_GATEWAY: ("502", "502"),
    Scenario.DROPPED_MID_STREAM: (".", "."),
    Scenario.EMPTY_ANSWER: ("No response", "No response"),
    Scenario.NO_ANSWER: ("No response", "No response"),
    Scenario.REFUSAL: ("refused: I cannot", "refused: I cannot"),
    Scenario.STREAM_ENDS_EARLY: ("the stream ended", "the stream ended"),
    Scenario.ERROR_EVENT: ("The model is overloaded", "The model is overloaded"),
}


@pytest.mark.parametrize(("name", "scenario"), list(itertools.product(_PROGRAMS, _FAILING)))
def test_what_is_no_answer_is_an_error(
    name: str, scenario: Scenario, server: RunningServer
) -> None:
    words = _FAILING[scenario][(goldens()[name].settings or Settings()).target == "responses"]
    if words is None:
        return
    server.control.scenario = scenario
    with pytest.raises(Exception, match=words) as caught:
        asked(goldens()[name].expected, server)
    assert not isinstance(caught.value, (NameError, KeyError, TypeError, AttributeError))


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario.COMPLETED,
        Scenario.IMAGE_BEFORE_TEXT,
        Scenario.SEVERAL_MESSAGES,
        Scenario.SEVERAL_TEXT_BLOCKS,
        Scenario.REASONING_FIRST,
        Scenario.PHASES,
    ],
)
@pytest.mark.parametrize("name", _PROGRAMS)
def test_the_answer_is_whole(name: str, scenario: Scenario, server: RunningServer) -> None:
    server.control.scenario = scenario
    answer = asked(goldens()[name].expected, server)
    assert answer.replace("\n\n", "") == server.control.answer
    assert not server.violations


@pytest.mark.parametrize(
    "wire",
    [
        Wire.SPLIT | Wire.CRLF,
        Wire.UNEVEN | Wire.CR | Wire.NO_DONE,
        Wire.UNEVEN | Wire.SEVERAL_DATA_LINES | Wire.COMMENTS | Wire.OTHER_FIELDS,
        Wire.ONE_CHUNK | Wire.NO_SPACE | Wire.BOM,
    ],
    ids=lambda wire: re.sub(r"\W+", "-", str(wire.name).lower()),
)
@pytest.mark.parametrize("name", _PROGRAMS)
def test_events_are_read_however_they_are_written_and_cut(
    name: str, wire: Wire, server: RunningServer
) -> None:
    server.control.wire = wire
    assert asked(goldens()[name].expected, server) == server.control.answer


# --- what is understood, and what is left

_URL = "https://api.openai.com/v1/workflows/runs"


def reader(
    loop: str,
    *,
    before: str = "",
    behind: str = "",
    header: str = "for line in r.iter_lines():",
    body: str = '{"workflow_id": WF, "input": {"message": question}, "stream": True}',
) -> bytes:
    """A generator that reads lines; `loop` is the body of its loop."""
    lines = [
        "import json, os, requests, sys",
        'WF = os.environ["WORKFLOW_ID"]',
        "KEY = os.environ['OPENAI_API_KEY']",
        "def read(question, other):",
        *(f"    {line}" for line in before.splitlines()),
        f'    r = requests.post("{_URL}", headers={{"Authorization": f"Bearer {{KEY}}"}},',
        f"        json={body}, stream=True)",
        f"    {header}",
        *(f"        {line}" for line in loop.splitlines()),
        *(f"    {line}" for line in behind.splitlines()),
        "def ask(question):",
        "    shown = []",
        '    return "".join([*read(question, shown.append), *shown])',
    ]
    return ("\n".join(lines) + "\n").encode()


_DATA = (
    'if not line.startswith(b"data: "):\n    continue\n'
    'data = line[6:]\nif data == b"[DONE]":\n    break\nevent = json.loads(data)\n'
)
#: Loops, and where the text of an event stands; whether it comes in pieces.
_UNDERSTOOD: dict[str, tuple[bytes, str, bool]] = {
    "yielded": (reader(_DATA + 'yield event["text"]'), "text", True),
    "yielded-where-there-is-some": (
        reader(_DATA + 'if text := event.get("delta", {}).get("text"):\n    yield text'),
        "delta.text",
        True,
    ),
    "the-longer-of-a-ladder": (
        reader(_DATA + 'out = event.get("output") or {}\nyield out.get("text", "")'),
        "output.text",
        True,
    ),
    "of-one-type": (
        reader(_DATA + 'if event["type"] == "delta":\n    yield event["content"]'),
        "content",
        True,
    ),
    "of-a-type-by-its-end": (
        reader(_DATA + 'if event["type"].endswith(".delta"):\n    yield event["delta"]'),
        "delta",
        True,
    ),
    "beside-thoughts": (
        reader(
            _DATA + 'if event["type"] == "thinking":\n    print(event["thought"])\n'
            'elif event["type"] == "text":\n    yield event["text"]'
        ),
        "text",
        True,
    ),
    "errors-are-raised": (
        reader(
            _DATA + 'if "error" in event:\n    raise ValueError(event["error"])\n'
            'yield event["choices"][0]["delta"]["content"]'
        ),
        "choices.0.delta.content",
        True,
    ),
    "written-into-other-events": (
        reader(_DATA + "yield f\"{json.loads(json.dumps(event))['text']}\""),
        "text",
        True,
    ),
    "in-a-loop-over-parts": (
        reader(_DATA + 'for part in event["content"]:\n    yield part["text"]'),
        "content.0.text",
        True,
    ),
    "json-on-each-line": (
        reader('if line:\n    yield json.loads(line)["text"]'),
        "text",
        True,
    ),
    "strings-for-lines": (
        reader(
            'if line and line.startswith("data:"):\n    yield json.loads(line[5:])["text"]',
            header="for line in r.iter_lines(decode_unicode=True):",
        ),
        "text",
        True,
    ),
    "faults-in-the-json-are-passed-over": (
        reader(
            "try:\n    event = json.loads(line.decode().removeprefix('data: '))\n"
            'except json.JSONDecodeError:\n    continue\nyield event["text"]'
        ),
        "text",
        True,
    ),
    "gathered": (
        reader(_DATA + 'text += event["text"]', before='text = ""', behind="return text"),
        "text",
        True,
    ),
    "the-last-one-counts": (
        reader(_DATA + 'text = event["text"]', before='text = ""', behind="return text"),
        "text",
        False,
    ),
    "gathered-by-hand": (
        reader(_DATA + 'text = text + event["text"]', before='text = ""', behind="return text"),
        "text",
        False,
    ),
    "given-to-what-is-not-known": (
        reader(_DATA + 'other(event["text"])', behind='return ""'),
        "text",
        False,
    ),
    "only-what-is-new-of-it": (
        reader(
            _DATA + 'yield event["text"][len(shown):]\nshown = event["text"]', before='shown = ""'
        ),
        "text",
        False,
    ),
    "returned-when-it-is-complete": (
        reader(
            _DATA + 'if event["status"] == "completed":\n    return event["output"]["text"]',
            behind='return ""',
        ),
        "output.text",
        False,
    ),
    "pieces-and-a-final-event": (
        reader(
            _DATA + 'if event["type"] == "delta":\n    text += event["text"]\n'
            'elif event["type"] == "run.completed":\n    done = True',
            before='text = ""\ndone = False',
            behind="assert done\nreturn text",
        ),
        "text",
        True,
    ),
    "pieces-and-the-whole-at-the-end": (
        reader(
            _DATA + 'if event["type"] == "delta":\n    print(event["text"], end="")\n'
            'elif event["type"] == "completed":\n    text = event["output"]',
            before='text = ""',
            behind="return text",
        ),
        "text",
        True,
    ),
}


@pytest.mark.parametrize(
    ("source", "place", "in_pieces", "target"),
    [(*case, target) for case, target in zip(_UNDERSTOOD.values(), _TARGETS, strict=False)],
    ids=_UNDERSTOOD,
)
def test_the_loop_is_given_the_events_that_it_understands(
    source: bytes, place: str, in_pieces: bool, target: str, server: RunningServer
) -> None:
    migration = check(source, settings=Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    [said] = [n.text for n in finding.notes if "workflow_lines" in n.text]
    assert f"as `{place}` of an event" in said
    assert ("as it comes" in said) is in_pieces
    assert asked(migration.result, server) == server.control.answer


#: Loops that are left, and words of the reason's detail.
LEFT = {
    "lines-handed-on": (reader("yield line"), "hands an event on as it is"),
    "lines-handed-on-with-an-end": (reader('yield line + b"\\n\\n"'), "as it is"),
    "events-handed-on": (reader(_DATA + "yield event"), "as it is"),
    "events-written-again": (reader(_DATA + "yield json.dumps(event)"), "as it is"),
    "no-text": (reader(_DATA + 'yield event["id"]'), "under no event"),
    "two-kinds-of-text": (
        reader(
            _DATA + 'if event["type"] == "summary":\n    yield event["summary"]\n'
            'elif event["type"] == "answer":\n    yield event["text"]'
        ),
        "`summary` or `text`",
    ),
    "only-thoughts": (
        reader(_DATA + 'if event["type"] == "thinking":\n    yield event["thought"]'),
        "under no event",
    ),
    "only-errors": (
        reader(_DATA + 'if event["type"] == "error":\n    yield event["message"]'),
        "under no event",
    ),
    "names-of-events": (
        reader(
            'if line.startswith(b"event: "):\n    name = line[7:]\n'
            'elif line.startswith(b"data: ") and name == b"delta":\n'
            '    yield json.loads(line[6:])["text"]',
            before='name = b""',
        ),
        "is not known for an event",
    ),
    "compared-with-what-was-before": (
        reader(
            _DATA + 'if event["text"] != last:\n    yield event["text"]\nlast = event["text"]',
            before='last = ""',
        ),
        "is not known for an event",
    ),
    "what-the-end-holds": (
        reader(
            _DATA + 'if event["type"] == "delta":\n    yield event["text"]\n'
            'elif event["type"] == "completed":\n    print(event["usage"]["total_tokens"])'
        ),
        "what an event `completed` holds",
    ),
    "matched": (
        reader(_DATA + 'match event:\n    case {"text": text}:\n        yield text'),
        "is not followed",
    ),
    "bytes": (reader("yield line", header="for line in r.iter_content(64):"), "no loop over lines"),
    "bytes-handed-on": (
        reader("pass", header="return other(r.iter_content())\n    for line in ():"),
        "no loop over lines",
    ),
    "read-twice": (
        reader(_DATA + 'yield event["text"]', behind="print(r.text)"),
        "reads it too",
    ),
    "another-delimiter": (
        reader(_DATA + 'yield event["text"]', header='for line in r.iter_lines(delimiter=b"|"):'),
        "delimiter",
    ),
    "two-loops": (
        reader(_DATA + 'yield event["text"]', behind="for line in r.iter_lines():\n    pass"),
        "r.iter_lines()",
    ),
    "an-else": (
        reader(_DATA + 'yield event["text"]', behind="else:\n    yield other"),
        "line",
    ),
    "all-lines-first": (
        reader("text += line.decode()", before='text = ""', behind='return json.loads(text)["a"]'),
        "as it is",
    ),
    "a-field-that-is-not-known": (
        reader(_DATA + 'yield event["text"]', body='{"workflow_id": WF, "input": {"x": 1}}'),
        "input.x",
    ),
    "a-stream-that-is-sometimes-asked-for": (
        reader(
            _DATA + 'yield event["text"]',
            body='{"workflow_id": WF, "input": question + "", "stream": other}',
        ),
        "stream",
    ),
}


@pytest.mark.parametrize(
    ("source", "words", "target"),
    [(*case, target) for case, target in zip(LEFT.values(), _TARGETS, strict=False)],
    ids=LEFT,
)
def test_left_and_what_was_not_understood(source: bytes, words: str, target: str) -> None:
    migration = check(source, settings=Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.LEFT
    assert words in finding.detail
    assert migration.result == source
