"""What is said of Python files is said in Python's words."""

from __future__ import annotations

import re

import pytest

from callmend.engine import migrate
from callmend.marks.wording import words
from callmend.reasons import Reason
from callmend.reports.text import calls
from callmend.run import Run
from callmend.settings import Settings
from tests.test_python_adapted import LEFT as LEFT_ADAPTED
from tests.test_python_invented import LEFT as LEFT_INVENTED
from tests.test_python_leaves_alone import LEFT
from tests.test_python_polls import LEFT as LEFT_POLLING
from tests.test_python_sdk_apart import LEFT as LEFT_APART
from tests.test_python_sdk_left import LEFT as LEFT_SDK
from tests.test_python_sdk_left import program

#: Words of JavaScript that are none of Python's.
_JAVASCRIPT = re.compile(
    r"\bfetch\b|JSON\.stringify|\bawait(?:ed)?\b|\bconst\b|\bnew [A-Z]|\bundefined\b|\bnull\b|\?\."
    r"|//(?!\w)|\bbraces\b|object literal|template literal|\bthrows?\b|\bbaseURL\b|\{ ?\w+: "
)
_SOURCES = [
    *(source for source, _ in LEFT.values()),
    *(source for source, _ in LEFT_ADAPTED.values()),
    *(source for source, _ in LEFT_POLLING.values()),
    *(source for source, _ in LEFT_SDK.values()),
    *(source for source, _ in LEFT_APART.values()),
    *(program(call) for call, _ in LEFT_INVENTED.values()),
]


def test_no_word_of_javascript_is_said_of_a_python_file() -> None:
    wrong = set()
    seen = set()
    for number, source in enumerate(_SOURCES):
        target = "assistants" if number % 2 else "responses"
        migration = migrate(source, "app.py", Settings(target=target))
        for finding in migration.findings:
            reason = finding.reason
            said = [finding.message, *(note.text for note in finding.notes)]
            if reason is not None:
                seen.add(reason)
                said += reason.said_in("app.py")
            own = source.decode("utf-8", "replace")
            wrong |= {text for text in said if _JAVASCRIPT.search(text) and text not in own}
    assert wrong == set()
    assert len(seen) > 25


def test_reports_and_markers_say_it_so() -> None:
    source = LEFT["form"][0]
    said = Reason.BODY_NOT_UNDERSTOOD.in_python[1]
    run = Run((migrate(source, "app.py"),))
    [call] = calls(run, {"left"}, notes=True)
    assert said in call.below[0]
    assert "json={...}" in words(Reason.BODY_NOT_UNDERSTOOD, "app.py").decode()
    assert "JSON.stringify" in words(Reason.BODY_NOT_UNDERSTOOD, "app.ts").decode()


@pytest.mark.parametrize("reason", Reason, ids=lambda reason: reason.code)
def test_the_words_of_python_are_of_the_same_form(reason: Reason) -> None:
    summary, advice = reason.in_python
    assert not summary.endswith(".")
    assert re.match(r"[A-Z][a-z]+ .*\.$", advice)
