"""`check --mentions`: what names a dead endpoint's URL, what does not; nothing changes."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from callmend.mentions import find_mentions, needles
from callmend.settings import Settings
from tests.tools import callmend, repository

RUNS = "https://api.openai.com/v1/workflows/runs"


def found(text: str, settings: Settings | None = None) -> list[tuple[str, str]]:
    """The rule and the URL of each mention in a document."""
    mentions = find_mentions("a.md", text.encode(), settings or Settings(), {})
    return [(mention.endpoint.rule, mention.url) for mention in mentions]


@pytest.mark.parametrize(
    ("text", "rule", "url"),
    [
        pytest.param(f"curl -X POST {RUNS} \\\n", "CM101", "/workflows/runs", id="curl"),
        pytest.param(f"| `POST {RUNS}` | dead |", "CM101", "/workflows/runs", id="markdown-table"),
        pytest.param(f"[it]({RUNS}).", "CM101", "/workflows/runs", id="markdown-link"),
        pytest.param(f"We call {RUNS}.", "CM101", "/workflows/runs", id="end-of-a-sentence"),
        pytest.param(f"URL={RUNS}\n", "CM101", "/workflows/runs", id="env"),
        pytest.param(f'{{"raw": "{RUNS}"}}', "CM101", "/workflows/runs", id="postman"),
        pytest.param(
            '{"u": "https:\\/\\/api.openai.com\\/v1\\/workflows\\/runs"}',
            "CM101",
            "\\/workflows\\/runs",
            id="escaped-slashes",
        ),
        pytest.param(f"- url: {RUNS}/\n", "CM101", "/workflows/runs", id="yaml-slash-at-the-end"),
        pytest.param(f"{RUNS}?version=2", "CM101", "/workflows/runs", id="query"),
        pytest.param(f"// {RUNS}", "CM101", "/workflows/runs", id="comment"),
        pytest.param(f"nock('{RUNS}')", "CM101", "/workflows/runs", id="a-tests-double"),
        pytest.param(
            "nock('https://api.openai.com')\n  .post('/v1/workflows/runs')\n  .reply(404);",
            "CM101",
            "/workflows/runs",
            id="a-tests-double-host-first",
        ),
        pytest.param(
            'nock("https://api.openai.com/v1", { reqheaders }).post("/workflows/runs", body)',
            "CM101",
            "/workflows/runs",
            id="a-tests-double-base-first",
        ),
        pytest.param(
            "HTTP://API.OpenAI.com/v1/workflows/runs", "CM101", "s/runs", id="host-in-capitals"
        ),
        pytest.param(
            "api.openai.com:443/v1/workflows/runs", "CM101", "s/runs", id="without-a-scheme"
        ),
        pytest.param(
            f"https://proxy.example/?to={RUNS}", "CM101", "s/runs", id="handed-to-a-proxy"
        ),
        *(
            pytest.param(
                f"'https://api.openai.com/v1/workflows/{part}/{end}'",
                rule,
                f"/{part}/{end}",
                id=f"{name}-{end}",
            )
            for part, name in (
                ("wf_1", "id"),
                ("${id}", "template"),
                ("${encodeURIComponent(id)}", "template-with-a-call"),
                ("{id}", "placeholder"),
                ("{{ workflow_id }}", "postman-variable"),
                ("$WORKFLOW_ID", "shell-variable"),
                ("<WORKFLOW_ID>", "angle-brackets"),
                (":id", "colon"),
                ("'\"$ID\"'", "shell-quotes"),
            )
            for end, rule in (("runs", "CM102"), ("run", "CM103"))
        ),
        pytest.param("https://api.openai.com/v1/threads/runs", "CM201", "s/runs", id="shut-down"),
        pytest.param("https://api.openai.com/v1/threads/{t}/runs", "CM202", "/runs", id="a-part"),
    ],
)
def test_a_url_is_a_mention(text: str, rule: str, url: str) -> None:
    (mention,) = found(text)
    assert mention[0] == rule
    assert "api.openai.com" in mention[1].lower()
    assert mention[1].lower().startswith("http") is ("http" in text.lower())
    assert mention[1].endswith(url)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("https://api.dify.ai/v1/workflows/run", id="dify"),
        pytest.param("https://api.mistral.ai/v1/workflows/x/execute", id="mistral"),
        pytest.param("https://api.coze.com/v1/workflow/run", id="coze"),
        pytest.param("https://api.github.com/repos/a/b/actions/workflows/1/runs", id="github"),
        pytest.param("https://me.openai.azure.com/openai/threads/runs", id="azure"),
        pytest.param("http://localhost:8000/v1/workflows/runs", id="self-hosted"),
        pytest.param("https://myapi.openai.com/v1/workflows/runs", id="longer-host"),
        pytest.param("https://eu.api.openai.com/v1/workflows/runs", id="subdomain"),
        pytest.param("https://api.openai.com.evil.example/v1/workflows/runs", id="host-goes-on"),
        pytest.param("https://api.openai.com:8443/v1/workflows/runs", id="another-port"),
        pytest.param(
            "https://gateway.example/api.openai.com/v1/workflows/runs", id="path-of-a-proxy"
        ),
        pytest.param("POST /v1/workflows/runs", id="no-host"),
        pytest.param("$BASE/v1/workflows/runs api.openai.com", id="host-unknown"),
        pytest.param(
            "https://api.openai.com/v1/chatkit/sessions wf_1 workflows runs", id="chatkit"
        ),
        pytest.param("https://api.openai.com/v1/agents/sessions workflows runs", id="agents"),
        pytest.param("https://api.openai.com/v1/workflows/runs_old", id="segment-goes-on"),
        pytest.param("https://api.openai.com/v1/workflows/runs/run_1", id="further-segment"),
        pytest.param("https://api.openai.com/v1/workflows/runs/{run_id}", id="further-placeholder"),
        pytest.param("https://api.openai.com/v1/workflows/runs.md", id="a-page-about-it"),
        pytest.param("https://api.openai.com/v1/responses workflows runs", id="live"),
        pytest.param(
            "nock('https://api.openai.com').get('/v1/models'); post('/v1/workflows/runs');",
            id="another-path-of-the-double",
        ),
        pytest.param(
            "nock('http://localhost:8000').post('/v1/workflows/runs'); // api.openai.com",
            id="a-tests-double-of-another-host",
        ),
        pytest.param(f"{RUNS}\0", id="binary"),
    ],
)
def test_a_look_alike_is_none(text: str) -> None:
    assert found(text) == []


def test_the_place_is_that_of_the_url_in_characters() -> None:
    text = f"é\n  ü {RUNS} and {RUNS}\n"
    mentions = list(find_mentions("a.md", text.encode(), Settings(), {}))
    assert [(m.line, m.column) for m in mentions] == [(2, 5), (2, 50)]
    for mention in mentions:
        assert text.encode()[mention.span.start : mention.span.end].decode() == mention.url


def test_select_and_ignore_hold() -> None:
    text = f"{RUNS} https://api.openai.com/v1/threads/runs"
    assert [rule for rule, _ in found(text, Settings(select=("CM2",)))] == ["CM201"]
    assert [rule for rule, _ in found(text, Settings(ignore=("CM2",)))] == ["CM101"]


def test_the_byte_search_lets_every_mention_through() -> None:
    for data in (
        RUNS,
        "https://api.openai.com/v1/threads/{}/runs",
        "api.openai.com/v1/workflows/x/run",
    ):
        assert found(data)
        assert any(all(needle in data.encode() for needle in group) for group in needles())


CALL = f"export const ask = (o: RequestInit) => fetch('{RUNS}', o);\n// once {RUNS}\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with a call, and mentions of all sorts."""
    for name, text in {
        "src/ask.ts": CALL,
        "src/double.test.ts": f"nock('{RUNS}').reply(404);\n",
        "README.md": f"# x\n\nIt calls `{RUNS}`.\n",
        "scripts/run.sh": f"curl {RUNS}\n",
        ".env.example": f"URL={RUNS}\n",
        "data/collection.json": json.dumps({"raw": RUNS}),
        "other.md": "https://api.dify.ai/v1/workflows/run\n",
        ".gitignore": "secret.txt\n",
        "secret.txt": RUNS,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return repository(tmp_path)


def test_they_are_listed_behind_the_calls_and_change_nothing(tree: Path) -> None:
    before = {p: p.read_bytes() for p in tree.rglob("*") if p.is_file() and ".git/" not in str(p)}
    plain = callmend("check", cwd=tree)
    done = callmend("check", "--mentions", cwd=tree)
    assert done.stdout.startswith(plain.stdout)
    listed = done.stdout[len(plain.stdout) :].decode().splitlines()
    assert [line.split(": ")[0] for line in listed] == [
        ".env.example:1:5",
        "README.md:3:11",
        "data/collection.json:1:10",
        "scripts/run.sh:1:6",
        "src/double.test.ts:1:7",
    ]
    assert listed[0].endswith(
        ": mention: https://api.openai.com/v1/workflows/runs: CM101, "
        "POST /v1/workflows/runs never existed and answers 404"
    )
    assert done.returncode == plain.returncode == 1
    assert b"; 5 mentions; " in done.stderr
    assert b"mention" not in plain.stdout + plain.stderr
    assert before == {p: p.read_bytes() for p in before}


def test_alone_they_leave_the_exit_code_0(tree: Path) -> None:
    (tree / "src" / "ask.ts").unlink()
    done = callmend("check", "--mentions", cwd=tree)
    assert (done.returncode, done.stdout.count(b"\n")) == (0, 5)
    assert callmend("check", cwd=tree).stdout == b""


def test_globs_and_named_files_hold(tree: Path) -> None:
    done = callmend("check", "--mentions", "--exclude", "*.md", "scripts", "README.md", cwd=tree)
    assert [line.split(b":")[0] for line in done.stdout.splitlines()] == [
        b"README.md",
        b"scripts/run.sh",
    ]


def test_the_document_has_them(tree: Path) -> None:
    made = json.loads(callmend("check", "--mentions", "--format", "json", cwd=tree).stdout)
    assert made["summary"]["mentions"] == len(made["mentions"]) == 5
    assert made["mentions"][1] == {
        "path": "README.md",
        "rule": "CM101",
        "endpoint": "workflows-runs",
        "status": "never-existed",
        "ends": None,
        "message": "POST /v1/workflows/runs never existed and answers 404",
        "url": "https://api.openai.com/v1/workflows/runs",
        "span": {
            "start": 15,
            "end": 55,
            "start_line": 3,
            "start_column": 11,
            "end_line": 3,
            "end_column": 51,
        },
    }
    plain = json.loads(callmend("check", "--format", "json", cwd=tree).stdout)
    assert plain["mentions"] is plain["summary"]["mentions"] is None


def test_stdin_has_none() -> None:
    done = callmend("check", "--mentions", "--stdin-filename", "a.ts", "-", cwd=Path(), stdin=b"")
    assert done.returncode == 2
    assert b"--mentions looks through files" in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("api.openai.com/v1/workflows/" + "{" * 200_000, id="open-braces"),
        pytest.param("api.openai.com/v1/workflows/" + "$" * 200_000, id="dollars"),
        pytest.param("api.openai.com/v1/workflows/" + "'$a" * 70_000, id="quoted-variables"),
        pytest.param("api.openai.com/v1/workflows/" + "a" * 200_000, id="one-long-word"),
        pytest.param("api.openai.com/v1/workflows/" * 10_000, id="again-and-again"),
    ],
)
def test_no_text_makes_the_search_slow(text: str) -> None:
    start = time.process_time()
    assert found(text) == []
    assert time.process_time() - start < 2
