"""The specification's last list, in a real browser: go to /my_profile, click the AI icon, send."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.build import ASSISTANT_ID, Builds, serving
from tests.browser.chromium import lead_to, running_chromium
from tests.browser.clik import API_KEY, Clik
from tests.server import RunningServer, Scenario, Wire, running_server
from tests.tools import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

#: What `callmend fix` is told; None is the app before the migration.
Flags = tuple[str, ...] | None
Open = Callable[[Flags], Clik]

BEFORE: Flags = None
POLLING: Flags = ()
ROBUST: Flags = ("--polling", "robust")
STREAM: Flags = ("--stream",)
SHOWN: Flags = ("--stream", "--on-text", "setDraft")
IDS = ["robust", "stream", "shown"]
QUESTION = "Write a first draft"
ANSWER = "I build small, quick web pages and write about what I learn on the way."
CREATE, POLL, LIST = "POST /v1/threads/runs", "GET run", "GET messages"
#: What the server says of a run that failed.
OVERLOADED = "The model is overloaded, please try again."
#: The console's errors: the browser's own, then those of the app.
LOAD = "Failed to load resource"
REFUSED = "[ChatKit] Request failed"
NO_ANSWER = "[ChatKit] Could not get an answer"
ARTIFACTS = Path(os.environ.get("CALLMEND_TEST_ARTIFACTS", ROOT / "test-artifacts")) / "browser"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    return Builds(tmp_path_factory.mktemp("clik"))


@pytest.fixture(scope="module")
def api() -> Iterator[RunningServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def server(api: RunningServer) -> Iterator[RunningServer]:
    api.control.answer = ANSWER
    yield api
    api.reset()


@pytest.fixture
def open_app(
    chromium: Browser, builds: Builds, server: RunningServer, request: pytest.FixtureRequest
) -> Iterator[Open]:
    """Opens a variant of the app, in a profile of its own, its clock held; leaves a picture."""
    with ExitStack() as stack:

        def opened(flags: Flags) -> Clik:
            origin = stack.enter_context(serving(builds.of(flags)))
            context = stack.enter_context(
                chromium.new_context(viewport={"width": 1000, "height": 600}, locale="en-US")
            )
            page = context.new_page()
            page.set_default_timeout(15_000)
            lead_to(server.origin, context, page)
            name = re.sub(r"\W+", "-", request.node.name).strip("-")
            ARTIFACTS.mkdir(parents=True, exist_ok=True)
            # The caret blinks on the page's clock, which is held.
            stack.callback(page.screenshot, path=ARTIFACTS / f"{name}.png", caret="hide")
            clik = Clik(page, origin)
            clik.hold_time()
            return clik

        yield opened


def sent(server: RunningServer) -> list[str]:
    """The requests that arrived, in short."""
    short = {r"GET \S+/runs/run_\w+": POLL, r"GET \S+/messages": LIST}
    found = [str(r) for r in server.requests]
    for pattern, name in short.items():
        found = [re.sub(pattern, name, one) for one in found]
    return found


def started(clik: Clik, *, workflow_id: str | None = None) -> Clik:
    """The app with its settings filled in, on /my_profile, the AI icon beside "Bio" clicked."""
    clik.set_up(workflow_id=workflow_id)
    clik.open_assistant()
    return clik


def in_context(question: str, value: str = "(empty)") -> str:
    """A question as the assistant gets it."""
    return f"Field: Bio\nCurrent Value: {value}\n\nUser Request: {question}"


def ask(clik: Clik, question: str = QUESTION) -> None:
    """Send a message and wait until the app is done with it."""
    clik.send(question)
    clik.wait()


def quiet(clik: Clik) -> None:
    """Nothing on the console, no exception that nothing caught, no error shown."""
    assert clik.error.count() == 0
    assert clik.console == []
    assert clik.crashes == []


def labels(clik: Clik) -> list[str]:
    """What the console's errors are about."""
    return [line.partition(":")[0] for line in clik.console]


def complains(clik: Clik, words: str) -> None:
    """The person reads these words, may send the message again, and the console has no more."""
    assert clik.error.inner_text() == words
    assert clik.typed == QUESTION
    assert clik.answers == []
    assert clik.console == [f"{NO_ANSWER}: Error: {words}"]
    assert clik.crashes == []


def test_before_the_migration_the_person_sees_the_404_of_an_endpoint_that_never_was(
    open_app: Open, server: RunningServer
) -> None:
    clik = started(open_app(BEFORE), workflow_id="wf_abc123")
    ask(clik)
    assert clik.error.inner_text() == "Invalid URL (POST /v1/workflows/runs)"
    assert clik.answers == []
    assert sent(server) == ["POST /v1/workflows/runs"]
    assert labels(clik) == [LOAD, REFUSED, NO_ANSWER]
    assert clik.crashes == []


def test_after_the_migration_the_answer_is_shown_and_can_be_put_into_the_field(
    open_app: Open, server: RunningServer
) -> None:
    clik = started(open_app(POLLING))
    ask(clik)
    assert clik.answers == [ANSWER]
    assert clik.questions == [QUESTION]
    assert sent(server) == [CREATE, POLL, LIST]
    assert server.requests[0].headers["authorization"] == f"Bearer {API_KEY}"
    assert server.requests[0].json == {
        "assistant_id": ASSISTANT_ID,
        "thread": {"messages": [{"role": "user", "content": in_context(QUESTION)}]},
    }
    clik.page.get_by_role("button", name="Use as Bio").click()
    assert clik.field("Bio") == ANSWER
    quiet(clik)


def test_the_second_request_carries_the_first_question_and_its_answer(
    open_app: Open, server: RunningServer
) -> None:
    clik = started(open_app(POLLING))
    ask(clik)
    clik.page.get_by_role("button", name="Use as Bio").click()
    server.control.answer = "Small, quick web pages."
    ask(clik, "Make it shorter")
    assert clik.answers == [ANSWER, "Small, quick web pages."]
    assert clik.questions == [QUESTION, "Make it shorter"]
    assert sent(server) == [CREATE, POLL, LIST] * 2
    assert server.requests[3].json["thread"]["messages"] == [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": ANSWER},
        {"role": "user", "content": in_context("Make it shorter", ANSWER)},
    ]
    quiet(clik)


def test_a_failing_run_says_why_and_the_same_message_can_be_sent_again(
    open_app: Open, server: RunningServer
) -> None:
    clik = started(open_app(POLLING))
    server.control.scenario = Scenario.FAILED
    ask(clik)
    complains(clik, f"Assistant run failed: {OVERLOADED}")
    assert sent(server) == [CREATE, POLL]

    server.control.scenario = Scenario.COMPLETED
    clik.console.clear()
    clik.page.get_by_role("button", name="Send").click()
    clik.wait()
    assert clik.answers == [ANSWER]
    quiet(clik)


def test_the_specifications_polling_goes_on_for_thirty_seconds_on_a_run_that_has_expired(
    open_app: Open, server: RunningServer
) -> None:
    clik = started(open_app(POLLING))
    server.control.scenario = Scenario.EXPIRED
    ask(clik)
    assert sent(server) == [CREATE, *[POLL] * 30]
    words = "No response received from assistant (timeout or failed)"
    assert clik.error.inner_text() == words
    assert labels(clik) == ["[Assistants API] Response", NO_ANSWER]
    assert clik.crashes == []


def test_a_slow_run_shows_that_the_assistant_is_thinking_until_the_answer_is_there(
    open_app: Open, server: RunningServer
) -> None:
    clik = started(open_app(POLLING))
    server.control.scenario = Scenario.SLOW
    clik.send(QUESTION)
    # The page's clock is held: the first poll is a second away, however long this takes.
    assert clik.page.get_by_role("status").inner_text() == "Thinking…"
    assert clik.answers == []
    clik.wait()
    assert clik.page.get_by_role("status").count() == 0
    assert clik.answers == [ANSWER]
    assert sent(server) == [CREATE, *[POLL] * (server.control.polls + 2), LIST]
    quiet(clik)


def test_at_the_host_that_has_shut_the_api_down_the_person_reads_so(
    open_app: Open, server: RunningServer
) -> None:
    clik = started(open_app(POLLING))
    server.control.assistants_gone = True
    ask(clik)
    assert clik.error.inner_text() == f"Invalid URL ({CREATE})"
    assert sent(server) == [CREATE]
    assert labels(clik) == [LOAD, REFUSED, NO_ANSWER]
    assert clik.crashes == []


def test_a_lost_connection_is_an_error_that_the_person_sees(
    open_app: Open, server: RunningServer
) -> None:
    clik = started(open_app(POLLING))
    server.control.scenario = Scenario.DROPPED_WHILE_POLLING
    ask(clik)
    assert clik.error.inner_text() == "Failed to fetch"
    assert clik.typed == QUESTION
    assert labels(clik) == [LOAD, NO_ANSWER]
    assert clik.crashes == []


@pytest.mark.parametrize("flags", [BEFORE, POLLING], ids=["before", "after"])
def test_without_a_workflow_id_the_chat_model_answers_as_ever(
    open_app: Open, server: RunningServer, flags: Flags
) -> None:
    clik = started(open_app(flags), workflow_id="")
    ask(clik)
    assert clik.answers == [ANSWER]
    assert sent(server) == ["POST /v1/chat/completions"]
    system, user = server.requests[0].json["messages"]
    assert 'the field "Bio"' in system["content"]
    assert user == {"role": "user", "content": QUESTION}
    quiet(clik)


@pytest.mark.parametrize("flags", [ROBUST, STREAM, SHOWN], ids=IDS)
def test_the_answer_and_its_history_arrive_however_the_run_is_waited_for(
    open_app: Open, server: RunningServer, flags: Flags
) -> None:
    clik = started(open_app(flags))
    ask(clik)
    server.control.answer = "Small, quick web pages."
    ask(clik, "Make it shorter")
    assert clik.answers == [ANSWER, "Small, quick web pages."]
    assert clik.questions == [QUESTION, "Make it shorter"]
    once = [CREATE, POLL, LIST] if flags == ROBUST else [CREATE]
    assert sent(server) == once * 2
    create = server.requests[len(once)].json
    assert create["thread"]["messages"] == [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": ANSWER},
        {"role": "user", "content": in_context("Make it shorter")},
    ]
    assert create.get("stream", False) is (flags != ROBUST)
    quiet(clik)


@pytest.mark.parametrize("flags", [ROBUST, STREAM, SHOWN], ids=IDS)
def test_a_failing_run_says_why_however_it_is_waited_for(
    open_app: Open, server: RunningServer, flags: Flags
) -> None:
    clik = started(open_app(flags))
    server.control.scenario = Scenario.FAILED
    ask(clik)
    complains(clik, f"Assistant run failed: {OVERLOADED}")


@pytest.mark.parametrize("flags", [ROBUST, STREAM, SHOWN], ids=IDS)
def test_an_expired_run_ends_at_once_where_the_specifications_polling_goes_on(
    open_app: Open, server: RunningServer, flags: Flags
) -> None:
    clik = started(open_app(flags))
    server.control.scenario = Scenario.EXPIRED
    ask(clik)
    assert "Assistant run expired" in clik.error.inner_text()
    assert labels(clik) == [NO_ANSWER]
    assert sent(server) == ([CREATE, POLL] if flags == ROBUST else [CREATE])
    assert clik.crashes == []


def test_robust_polling_reads_past_an_image_to_the_text(
    open_app: Open, server: RunningServer
) -> None:
    clik = started(open_app(ROBUST))
    server.control.scenario = Scenario.IMAGE_BEFORE_TEXT
    ask(clik)
    assert clik.answers == [ANSWER]
    quiet(clik)


def test_robust_polling_gives_up_at_its_deadline_and_cancels_the_run(
    open_app: Open, server: RunningServer
) -> None:
    clik = started(open_app(ROBUST))
    server.control.scenario = Scenario.NEVER_FINISHING
    ask(clik)
    assert "30 seconds" in clik.error.inner_text()
    create, *polls, cancel = sent(server)
    assert create == CREATE
    assert set(polls) == {POLL}
    assert 3 <= len(polls) <= 30, "its delay grows"
    assert re.fullmatch(r"POST /v1/threads/\w+/runs/\w+/cancel", cancel)
    assert labels(clik) == [NO_ANSWER]
    assert clik.crashes == []


@pytest.mark.parametrize(
    "wire", [Wire.PLAIN, Wire.UNEVEN | Wire.CRLF], ids=["whole-events", "uneven"]
)
def test_streamed_text_grows_on_the_page_while_it_arrives(
    open_app: Open, server: RunningServer, wire: Wire
) -> None:
    clik = started(open_app(SHOWN))
    server.control.wire = wire
    server.control.pause = 0.002 if Wire.UNEVEN in wire else 0.03
    clik.watch_answers()
    ask(clik)
    arriving, after = clik.seen_answers()
    assert len(arriving) > 2
    assert all(new.startswith(old) for old, new in pairwise(arriving))
    assert arriving[-1] == ANSWER
    assert after == []
    assert clik.answers == [ANSWER]
    quiet(clik)


def test_without_the_hook_a_streamed_answer_is_shown_when_it_is_complete(
    open_app: Open, server: RunningServer
) -> None:
    clik = started(open_app(STREAM))
    server.control.pause = 0.01
    clik.watch_answers()
    ask(clik)
    assert clik.seen_answers() == ([], [ANSWER])
    quiet(clik)


def test_a_stream_that_breaks_off_takes_its_half_answer_with_it(
    open_app: Open, server: RunningServer
) -> None:
    clik = started(open_app(SHOWN))
    server.control.scenario = Scenario.STREAM_ENDS_EARLY
    server.control.pause = 0.01
    clik.watch_answers()
    ask(clik)
    arriving, after = clik.seen_answers()
    assert arriving
    assert after == []
    assert clik.answers == [], "half an answer must not pass for one"
    assert "the stream ended" in clik.error.inner_text()
    assert clik.typed == QUESTION

    server.control.reset()
    server.control.answer = ANSWER
    clik.console.clear()
    ask(clik)
    assert clik.answers == [ANSWER]
    quiet(clik)


# --- the target responses ---------------------------------------------------------------------

RESPONSES: Flags = ("--target", "responses")
RESPONSES_STREAM: Flags = ("--target", "responses", "--stream", "--on-text", "setDraft")
#: What the person typed into the settings: it only chooses the branch now.
WORKFLOW = "wf_abc123"
RESPOND = "POST /v1/responses"
responding = pytest.mark.parametrize(
    "flags", [RESPONSES, RESPONSES_STREAM], ids=["responses", "responses-stream"]
)


@responding
def test_the_live_api_answers_with_the_history_in_the_input(
    open_app: Open, server: RunningServer, flags: Flags
) -> None:
    clik = started(open_app(flags), workflow_id=WORKFLOW)
    ask(clik)
    server.control.answer = "Small, quick web pages."
    ask(clik, "Make it shorter")
    assert clik.answers == [ANSWER, "Small, quick web pages."]
    assert sent(server) == [RESPOND] * 2
    asked = server.requests[1].json
    assert asked["input"] == [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": ANSWER},
        {"role": "user", "content": in_context("Make it shorter")},
    ]
    assert asked.get("stream", False) is (flags == RESPONSES_STREAM)
    assert "workflow_id" not in asked
    quiet(clik)


@responding
@pytest.mark.parametrize(
    ("scenario", "words"),
    [(Scenario.FAILED, OVERLOADED), (Scenario.INCOMPLETE, "max_output_tokens")],
    ids=["failed", "incomplete"],
)
def test_what_is_no_response_is_an_error_that_the_person_reads(
    open_app: Open, server: RunningServer, flags: Flags, scenario: Scenario, words: str
) -> None:
    clik = started(open_app(flags), workflow_id=WORKFLOW)
    server.control.scenario = scenario
    ask(clik)
    assert words in clik.error.inner_text()
    assert clik.answers == []
    assert clik.typed == QUESTION
    assert sent(server) == [RESPOND]
    assert clik.crashes == []


def test_a_streamed_response_grows_on_the_page_while_it_arrives(
    open_app: Open, server: RunningServer
) -> None:
    clik = started(open_app(RESPONSES_STREAM), workflow_id=WORKFLOW)
    server.control.pause = 0.03
    clik.watch_answers()
    ask(clik)
    arriving, after = clik.seen_answers()
    assert len(arriving) > 2
    assert all(new.startswith(old) for old, new in pairwise(arriving))
    assert arriving[-1] == ANSWER
    assert after == []
    assert clik.answers == [ANSWER]
    quiet(clik)
