"""`callmend explain`: nothing is without an explanation, and none says what is no longer true."""

from __future__ import annotations

import re

import pytest

from callmend import explain
from callmend.data import read_data
from callmend.endpoints import Endpoint, Status, catalogue
from callmend.reasons import Reason
from callmend.settings import KEYS
from tests.tools import ROOT

SPECIFICATION = (ROOT / "tests" / "specification.md").read_text("utf-8")
TOPICS = explain.topics()
#: The addresses that the project's reference on OpenAI's API gives, and the specification's own.
KNOWN_URLS = {
    "https://developers.openai.com/api/docs/assistants/migration",
    "https://developers.openai.com/api/docs/deprecations",
    "https://developers.openai.com/api/docs/models",
    "https://developers.openai.com/api/docs/guides/agent-builder/migrate-from-agent-builder",
    "https://developers.openai.com/api/docs/guides/chatkit",
    "https://developers.openai.com/api/docs/guides/migrate-to-responses.md",
    "https://developers.openai.com/api/docs/guides/prompting/migrate-from-prompt-object",
    "https://developers.openai.com/api/reference",
    "https://developers.openai.com/api/reference/resources/beta/subresources/assistants.md",
    "https://github.com/MLT-OSS/open-assistant-api",
    "https://github.com/OpenGPTs-platform/assistants-api",
    "https://github.com/aallam/openai-kotlin/issues/470",
    "https://github.com/llm-edge/hal-9100",
    "https://github.com/openai/openai-openapi",
    "https://github.com/transitive-bullshit/OpenOpenAI",
    "https://help.openai.com/en/articles/20001551-agents-api-beta-faq",
    "https://help.openai.com/en/articles/5112595-best-practices-for-api-key-safety",
    "https://langroid.github.io/langroid/notes/openai-assistant-removal/",
    "https://learn.microsoft.com/en-us/azure/foundry-classic/agents/concepts/threads-runs-messages",
    "https://learn.microsoft.com/en-us/azure/foundry-classic/openai/concepts/assistants",
    "https://openai.com/index/introducing-agentkit",
}


def text(word: str) -> str:
    found = explain.explain(word)
    assert found is not None
    return found


@pytest.mark.parametrize("name", [topic.name for topic in TOPICS])
def test_every_topic_prints(name: str) -> None:
    lines = text(name).split("\n")
    assert lines[0].startswith("# ")
    assert len(lines) > 4
    assert lines[-1] == ""


@pytest.mark.parametrize("reason", Reason, ids=lambda reason: reason.code)
def test_every_reason_is_explained_with_what_to_do(reason: Reason) -> None:
    found = text(reason.code)
    assert f"# Left: {reason.code}" in found
    assert reason.summary in found
    assert reason.advice in found


@pytest.mark.parametrize("endpoint", catalogue(), ids=lambda endpoint: endpoint.rule)
def test_every_rule_is_explained_by_the_catalogue(endpoint: object) -> None:
    row = next(row for row in catalogue() if row is endpoint)
    found = text(row.rule)
    assert found == text(row.rule.lower())
    for fact in (row.summary, row.status.value, *row.hosts, *row.targets, *row.sources):
        assert fact in found
    assert row.ends is None or f"ends {row.ends}" in found


def test_the_list_names_everything_once() -> None:
    overview = explain.overview()
    listed = re.findall(r"^  (\S+)  ", overview, re.MULTILINE)
    names = [topic.name for topic in TOPICS]
    assert sorted(listed) == sorted(names)
    assert len(set(names)) == len(names)
    assert {r.code for r in Reason} <= set(names)


def test_every_reason_is_given_somewhere() -> None:
    code = "".join(
        path.read_text("utf-8")
        for path in (ROOT / "src" / "callmend").rglob("*.py")
        if path.name != "reasons.py"
    )
    given = set(re.findall(r"\bReason\.([A-Z0-9_]+)\b", code))
    assert {reason.name for reason in Reason} - given == set()


def test_every_reason_is_met_by_a_test() -> None:
    tests = "".join(
        path.read_text("utf-8")
        for path in (ROOT / "tests").rglob("*")
        if path.suffix in {".py", ".txt"} and path.name != "test_explain.py"
    )
    words = set(re.findall(r"\bReason\.([A-Z0-9_]+)\b", tests))
    codes = set(re.findall(r"[\"\['(]([a-z0-9-]+)[\"\]')]", tests))
    assert {r.code for r in Reason if r.name not in words and r.code not in codes} == set()


@pytest.mark.parametrize("reason", Reason, ids=lambda reason: reason.code)
def test_every_reason_says_what_to_do(reason: Reason) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", reason.code)
    assert not reason.summary.endswith(".")  # it completes "left, because ..."
    assert reason.advice.endswith(".")
    assert re.match(r"[A-Z][a-z]+ ", reason.advice)
    for topic in re.findall(r"`callmend explain ([\w-]+)`", reason.advice):
        assert explain.explain(topic) is not None


#: Reasons about a whole file, which no few lines show.
_OF_A_FILE = {Reason.MINIFIED_FILE, Reason.BINARY_FILE, Reason.FILE_TOO_LARGE, Reason.NOT_UTF8}


def test_every_reason_of_a_call_has_an_example() -> None:
    codes = set(re.findall(r"^## (.+)$", read_data("explain", "reasons.md").decode(), re.MULTILINE))
    assert {reason for reason in Reason if reason.code not in codes} == _OF_A_FILE


@pytest.mark.parametrize("row", catalogue(), ids=lambda row: row.rule)
def test_what_became_of_an_endpoint_is_said_with_its_date(row: Endpoint) -> None:
    words = {
        Status.NEVER_EXISTED: ("never existed", "OpenAI's SDK has no"),
        Status.PREVIEW: (f"undocumented preview of Agent Builder, which shuts down on {row.ends}",),
        Status.RETIRED: (f"was shut down on {row.ends}",),
        Status.WRONG_REQUEST: ("is sent what it refuses",),
    }  # fmt: skip
    assert any(word in row.summary for word in words[row.status])
    assert (row.ends is None) == (row.status in {Status.NEVER_EXISTED, Status.WRONG_REQUEST})


def test_the_targets_topic_names_every_rule_and_target() -> None:
    found = text("targets")
    ranges = re.findall(r"CM(\d+) to CM(\d+)", found)
    named = {f"CM{n}" for low, high in ranges for n in range(int(low), int(high) + 1)}
    assert {row.rule for row in catalogue()} <= named | set(re.findall(r"CM\d+", found))
    for target in {target for row in catalogue() for target in row.targets}:
        assert f"--target {target}" in found


def test_a_word_that_stands_for_a_topic_is_one() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    said = "".join(page.read_text("utf-8") for page in pages)
    said += "".join(text(topic.name) for topic in TOPICS)
    words = set(re.findall(r"callmend explain\s+([a-zA-Z0-9-]*[a-z0-9])\b", said))
    assert words
    assert {word for word in words if explain.explain(word) is None} == set()


def test_every_example_is_of_a_reason_that_exists() -> None:
    codes = re.findall(r"^## (.+)$", read_data("explain", "reasons.md").decode(), re.MULTILINE)
    assert codes
    assert set(codes) <= {reason.code for reason in Reason}


def test_a_word_that_is_nothing_has_no_explanation() -> None:
    assert explain.explain("CM999") is None
    assert explain.explain("../topics/why") is None


def test_a_reason_with_a_topics_name_stands_below_the_topic() -> None:
    found = text("streaming")
    assert found.index("# The streaming alternative") < found.index("# Left: streaming")


def test_the_streaming_alternative_is_the_specifications_own() -> None:
    blocks = re.findall(r"```typescript\n.*?```", SPECIFICATION, re.DOTALL)
    assert blocks[4] in text("streaming")
    assert "stream: false" in blocks[4]


def test_every_link_of_the_specification_is_answered() -> None:
    links = re.findall(r"https://platform\.openai\.com\S+", SPECIFICATION)
    assert len(links) == 4
    for link in links:
        assert link in text("links")


def test_every_term_of_the_specification_is_answered() -> None:
    terms = re.findall(r"^\| \*\*(\w+)\*\*", SPECIFICATION, re.MULTILINE)
    assert terms == ["Assistant", "Workflow", "Agent", "ChatKit"]
    for term in terms:
        assert f"| {term} " in text("terms")


def test_every_step_of_the_specifications_flow_is_there() -> None:
    for request in re.findall(r"(?:POST|GET) /v1/threads[^\s`]*", SPECIFICATION):
        assert request in text("flow")


def test_no_address_is_made_up() -> None:
    links = set(re.findall(r"https://platform\.openai\.com\S+", SPECIFICATION))
    ours = {"https://api.openai.com/v1/workflows/runs", "https://api.openai.com/v1/threads/runs"}
    for name in explain.TOPICS:
        for url in re.findall(r"https?://[^\s)`\"'|]+", text(name)):
            plain = url.rstrip(".,:;")
            if plain in ours or "example" in plain or plain == "https://api.openai.com/v1":
                continue
            assert plain in KNOWN_URLS | links, (name, plain)


def test_the_dates_are_those_of_the_catalogue() -> None:
    ends = {row.ends for row in catalogue() if row.ends}
    # The Agents API's start and the end of Azure's service are of no endpoint in the catalogue.
    others = {"2026-09-10", "2027-03-31"}
    for name in explain.TOPICS:
        assert set(re.findall(r"20\d\d-\d\d-\d\d", text(name))) <= ends | others, name


def test_the_settings_topic_names_every_key() -> None:
    for key in KEYS:
        assert f"`{key}`" in text("settings")


@pytest.mark.parametrize(
    ("name", "untrue"),
    [
        pytest.param("why", "ChatKit uses the **Assistants API**", id="chatkit"),
        pytest.param("terms", "Same as Assistant", id="workflow-is-assistant"),
    ],
)
def test_what_is_no_longer_true_is_not_repeated(name: str, untrue: str) -> None:
    assert untrue in SPECIFICATION
    assert untrue not in text(name)
