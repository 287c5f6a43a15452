"""The type that a file declares for the dead body does not stay with the new one."""

from __future__ import annotations

import pytest

from callmend.settings import load
from tests.invariants import check

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_TYPE = "interface Payload { workflow_id: string; input: { message: string } }\n"
_ASK = """\
TYPE
export async function ask(message: string): Promise<string> {
  BEFORE
  const res = await fetch("https://api.openai.com/v1/workflows/runs", {
    method: "POST",
    headers: { Authorization: `Bearer ${process.env.KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify(SENT),
  });
  if (!res.ok) throw new Error(`${res.status}`);
  const data = await res.json();
  return data.output_text;
}
"""
_BODY = "{ workflow_id: process.env.WORKFLOW_ID!, input: { message } }"


def _file(before: str, sent: str = "payload", type_: str = _TYPE) -> str:
    return _ASK.replace("TYPE", type_).replace("BEFORE", before).replace("SENT", sent)


def _after(source: str, target: str, path: str = "ask.ts") -> tuple[str, list[str]]:
    migration = check(source.encode(), path, load("", {"target": target}, search=False))
    told = [note.text for finding in migration.findings for note in finding.notes]
    assert migration.changed
    return migration.result.decode(), told


GOES = {
    "behind-the-name": _file(f"const payload: Payload = {_BODY};"),
    "satisfied": _file(f"const payload = {_BODY} satisfies Payload;"),
    "cast": _file(f"const payload = {_BODY} as Payload;"),
    "cast-in-front": _file(f"const payload = <Payload>{_BODY};"),
    "satisfied-in-the-call": _file("", f"{_BODY} satisfies Payload"),
    "a-record-of-texts": _file(
        f"const payload: Record<string, string> = {_BODY};".replace("{ message }", "message"),
        type_="",
    ),
    "an-object-in-place": _file(
        f"const payload: {{ workflow_id: string; input: object }} = {_BODY};", type_=""
    ),
    "an-alias-of-another": _file(
        f"const payload: Sent = {_BODY};", type_=_TYPE + "type Sent = Payload;\n"
    ),
    "a-part-of-it": _file(f"const payload: Partial<Payload> = {_BODY};"),
}


@_TARGETS
@pytest.mark.parametrize("name", GOES)
def test_the_old_bodys_type_goes(name: str, target: str) -> None:
    after, _ = _after(GOES[name], target)
    assert "Payload" not in after
    assert "Sent" not in after
    assert "Record<string, string> = {" not in after
    assert "object } =" not in after


STAYS = {
    "anything": "const payload: any = ",
    "an-object": "const payload: object = ",
    "a-record": "const payload: Record<string, unknown> = ",
    "members-of-any-name": "const payload: { [key: string]: unknown } = ",
}


@_TARGETS
@pytest.mark.parametrize("name", STAYS)
def test_a_type_that_takes_every_member_stays(name: str, target: str) -> None:
    after, _ = _after(_file(f"{STAYS[name]}{_BODY};", type_=""), target)
    assert STAYS[name] in after


@_TARGETS
def test_a_type_of_this_file_for_every_member_stays(target: str) -> None:
    declared = "type Sent = { [key: string]: unknown };\n"
    after, _ = _after(_file(f"const payload: Sent = {_BODY};", type_=declared), target)
    assert "const payload: Sent = {" in after
    assert declared in after


@_TARGETS
def test_a_type_that_others_ask_for_is_still_declared(target: str) -> None:
    exported = _file(f"const payload: Payload = {_BODY};", type_="export " + _TYPE)
    after, told = _after(exported, target)
    assert "export " + _TYPE in after
    assert "const payload = {" in after
    assert not [each for each in told if "Payload" in each]
    used = _file(f"const payload: Payload = {_BODY};") + "let last: Payload | null = null;\n"
    assert _TYPE in _after(used, target)[0]


@_TARGETS
def test_a_type_that_nothing_reads_any_more_is_told_where_it_stays(target: str) -> None:
    imported = 'import type { Payload } from "./types";\n'
    after, told = _after(_file(f"const payload: Payload = {_BODY};", type_=imported), target)
    assert imported in after
    assert "nothing reads `Payload` any more, which is imported" in told
    said = _TYPE.replace("{ w", "{ /* of the builder */ w", 1)
    after, told = _after(_file(f"const payload: Payload = {_BODY};", type_=said), target)
    assert said in after
    assert "nothing reads `Payload` any more" in told


_HELPER = """\
TYPE
async function start(body: Payload) {
  MORE
  const res = await fetch("https://api.openai.com/v1/workflows/runs", {
    method: "POST",
    headers: { Authorization: `Bearer ${process.env.KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!res.ok) throw new Error(`${res.status}`);
  return res.json();
}
export async function ask(message: string): Promise<string> {
  const run = await start({ workflow_id: process.env.WORKFLOW_ID!, input: { message } });
  return run.output_text;
}
"""


@_TARGETS
def test_a_functions_parameter_takes_any_object(target: str) -> None:
    after, _ = _after(_HELPER.replace("TYPE", _TYPE).replace("MORE", ""), target)
    assert "async function start(body: object) {" in after
    assert "Payload" not in after


@_TARGETS
def test_a_parameter_of_any_type_stays(target: str) -> None:
    generic = _HELPER.replace("TYPE\n", "").replace("MORE", "")
    generic = generic.replace("start(body: Payload)", "start<B>(body: B)")
    after, _ = _after(generic, target)
    assert "start<B>(body: B)" in after


@_TARGETS
def test_other_objects_keep_their_types(target: str) -> None:
    options = _file("", _BODY, "").replace(
        "const res", "const options: RequestInit = OPTIONS;\n  const res"
    )
    start = options.index("{\n    method")
    end = options.index("  });\n") + 3
    literal = options[start:end]
    options = options[:start] + "options" + options[end:]
    after, _ = _after(options.replace("OPTIONS", literal), target)
    assert "const options: RequestInit = {" in after


_NAMED = """\
TYPEasync function send<B extends object, R>(path: string, body: B): Promise<R> {
  const res = await fetch(`https://api.openai.com/v1${path}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${process.env.KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!res.ok) throw new Error(`${res.status}`);
  return (await res.json()) as R;
}
export async function ask(message: string): Promise<string> {
  const run = await send<Payload, { output_text: string }>("/workflows/runs", BODY);
  return run.output_text;
}
"""


@_TARGETS
def test_a_type_that_the_call_names_is_any_objects(target: str) -> None:
    after, _ = _after(_NAMED.replace("TYPE", _TYPE).replace("BODY", _BODY), target)
    assert "await workflowAnswer(send<object, { output_text: string }>(" in after
    assert "Payload" not in after


_AXIOS = """\
import axios, { type AxiosResponse } from "axios";
TYPEinterface Run { output_text: string }
export async function ask(message: string): Promise<string> {
  const { data } = await axios.post<Run, AxiosResponse<Run>, Payload>(
    "https://api.openai.com/v1/workflows/runs",
    BODY,
    { headers: { Authorization: `Bearer ${process.env.KEY}` } },
  );
  return data.output_text;
}
"""


@_TARGETS
def test_the_type_of_what_axios_sends_is_any_objects(target: str) -> None:
    after, _ = _after(_AXIOS.replace("TYPE", _TYPE).replace("BODY", _BODY), target)
    assert "axios.post<Run, AxiosResponse<Run>, object>(" in after
    assert "Payload" not in after
