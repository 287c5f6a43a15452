"""An answer that a file takes for words, or for a text with JSON in it: each arrives as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from callmend.settings import Settings
from tests.invariants import check
from tests.server import running_server
from tests.shapes.corpus import Drive, Shape
from tests.shapes.running import drive

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_SHAPE = Path(__file__).with_name("shapes") / "helper-outputs-parsed-or-words" / "input.ts"
_DRIVE = Drive(
    {"driver": "function", "call": "assist", "arguments": [{"input_as_text": "Sort"}]},
    "returned.text",
)
#: The same file, but for how it goes on with what is no JSON: an object is all that it takes.
NO_WORDS = {
    "what-is-no-json-is-thrown": ("// plain words are right as they are", "throw new Error('no');"),
    "what-is-no-json-ends-it": (
        "// plain words are right as they are",
        "return { text: 'none', parsed: null };",
    ),
    "nothing-tries": ("try {\n          output = JSON.parse(output);\n        } catch {", "{"),
    "words-are-no-answer": ('typeof output === "string" ? output : JSON', "JSON"),
}


@_TARGETS
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("Sorted by date.", "Sorted by date."),
        (json.dumps({"output_text": "Sorted.", "cards": [1]}), "Sorted."),
        (json.dumps({"cards": [1]}), '{"cards":[1]}'),
    ],
    ids=["words", "json-with-the-text", "other-json"],
)
def test_words_and_json_arrive(answer: str, said: str, target: str) -> None:
    result = check(_SHAPE.read_bytes(), "a.ts", Settings(target=target)).result
    shape = Shape("a", "a.ts", result, "a", "migrate", drives=(_DRIVE,))
    with running_server() as server:
        server.control.answer = answer
        [outcome] = drive(server, [(shape, result)])["a"].outcomes
    assert outcome.broken is None
    assert outcome.at("returned.text") == said


@_TARGETS
@pytest.mark.parametrize("other", NO_WORDS.values(), ids=NO_WORDS)
def test_an_object_is_given_where_words_are_no_answer(other: tuple[str, str], target: str) -> None:
    source = _SHAPE.read_text()
    assert other[0] in source
    migration = check(source.replace(*other).encode(), "a.ts", Settings(target=target))
    assert b"outputs: { output_text: { output_text: text } }" in migration.result
