"""The corpus' judgement itself: a right migration passes, and each way of being wrong is seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.server import RunningServer, Scenario, running_server
from tests.shapes.corpus import Drive, Shape
from tests.shapes.judging import FAILURES, changes, problems
from tests.shapes.running import drive

_HEAD = """
export async function POST(request) {
  const { message } = await request.json();
  await fetch('https://stats.example.com/count', { method: 'POST', body: message });
"""
DEAD = f"""{_HEAD}
  const response = await fetch('https://api.openai.com/v1/workflows/runs', {{
    method: 'POST',
    headers: {{ 'Content-Type': 'application/json', Authorization: 'Bearer sk-test' }},
    body: JSON.stringify({{ workflow_id: 'wf_123', input: {{ message }} }}),
  }});
  if (!response.ok) return Response.json({{ error: 'failed' }}, {{ status: 502 }});
  const data = await response.json();
  return Response.json({{ reply: data.output_text ?? '' }});
}}
"""
RIGHT = f"""{_HEAD}
  const response = await fetch('https://api.openai.com/v1/responses', {{
    method: 'POST',
    headers: {{
      'Content-Type': 'application/json',
      Authorization: 'Bearer sk-test',
      'OpenAI-Project': 'proj_test',
    }},
    body: JSON.stringify({{
      model: 'gpt-6-luna',
      input: [{{ role: 'assistant', content: 'Hi' }}, {{ role: 'user', content: message }}],
    }}),
  }});
  if (!response.ok) return Response.json({{ error: 'failed' }}, {{ status: 502 }});
  const data = await response.json();
  if (data.status !== 'completed') {{
    return Response.json({{ error: 'failed' }}, {{ status: 502 }});
  }}
  const parts = data.output.flatMap((item) => item.content ?? []);
  const reply = parts.filter((p) => p.type === 'output_text').map((p) => p.text).join('');
  return Response.json({{ reply }});
}}
"""
#: What is replaced in the right migration, what stands there instead, and what is said of it.
WRONG = {
    "is-no-program": ("return Response.json({ reply });", "return (", "cannot be built"),
    "asks-the-dead-endpoint-still": ("/v1/responses", "/v1/workflows/runs", "still calls"),
    "sends-what-the-api-does-not-know": ("model: 'gpt", "workflow_id: 1, model: 'gpt", "refuses"),
    "loses-the-message": ("content: message", "content: 'else'", "instead of 'Hello'"),
    "loses-the-history": ("{ role: 'assistant', content: 'Hi' }, ", "", "the earlier messages"),
    "loses-the-project": ("'OpenAI-Project': 'proj_test',", "", "OpenAI-Project"),
    "reads-a-field-that-is-not-there": ("{ reply }", "{ reply: data.output_text }", "no answer"),
    "adds-to-the-answer": ("{ reply }", "{ reply: reply + '!' }", "no answer"),
    "shows-the-refusal": (
        ".filter((p) => p.type === 'output_text').map((p) => p.text)",
        ".map((p) => p.text ?? p.refusal)",
        "shown as an answer",
    ),
    "shows-the-error": (
        "return Response.json({ error: 'failed' }, { status: 502 });\n  const",
        "return Response.json({ reply: await response.text() });\n  const",
        "shown as an answer",
    ),
    "hides-a-failure": ("{ error: 'failed' }, { status: 502 });\n  }", "{});\n  }", "is not seen"),
    "drops-a-request-of-its-own": ("await fetch('https://stats", "void ('https://stats", "others"),
    "changes-the-status": ("{ reply });", "{ reply }, { status: 201 });", "the status is 201"),
    "gives-more-than-before": ("{ reply }", "{ reply, data }", "and now gives"),
    "lets-an-error-go": ("const parts", "Promise.reject(new Error('x')); const parts", "catches"),
}
SHAPE = Shape(
    "judged",
    "input.js",
    DEAD.encode(),
    title="A program that is judged",
    kind="migrate",
    answers={"output_text": "$ANSWER"},
    project="proj_test",
    drives=(
        Drive(
            {"driver": "next-route", "body": {"message": "Hello"}},
            expects="response.json.reply",
            message="Hello",
            history=[{"role": "assistant", "content": "Hi"}],
        ),
    ),
)


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running_server() as running:
        yield running


def _said(server: RunningServer, sources: dict[str, str]) -> dict[str, list[str]]:
    """What is said of migrated programs, over all scenarios."""
    shapes = [replace(SHAPE, name=name) for name in sources]
    inputs = [(shape, shape.source) for shape in shapes]
    dead = drive(server, inputs)
    alive = drive(server, inputs, imagining=True)
    said: dict[str, list[str]] = {name: [] for name in sources}
    for scenario in (Scenario.COMPLETED, *FAILURES):
        ran = drive(server, [(s, sources[s.name].encode()) for s in shapes], scenario)
        for shape in shapes:
            before = alive if scenario is Scenario.COMPLETED else dead
            name = shape.name
            said[name] += problems(shape, ran[name], scenario, "responses")
            said[name] += changes(shape, before[name], ran[name], scenario)
    return said


def test_a_right_migration_passes_and_every_wrong_one_is_seen(server: RunningServer) -> None:
    sources = {"right": RIGHT}
    for name, (old, new, _) in WRONG.items():
        assert old in RIGHT, name
        sources[name] = RIGHT.replace(old, new)
    said = _said(server, sources)
    assert said.pop("right") == []
    missed = {n: seen for n, seen in said.items() if not any(WRONG[n][2] in s for s in seen)}
    assert missed == {}
