"""Clients that an application keeps in its state: `request.app.state.client`."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_OPENAI = "AsyncOpenAI()"
_HTTPX = 'httpx.AsyncClient(headers={"Authorization": "Bearer " + os.environ["KEY"]})'
_SDK_CALL = """\
    run = await {client}.workflows.runs.create(
        workflow_id="wf_main", input={{"input_as_text": body["text"]}}
    )
    return {{"output": run.output_text}}
"""
_HTTP_CALL = """\
    r = await {client}.post(
        "https://api.openai.com/v1/workflows/runs",
        json={{"workflow_id": "wf_main", "input": {{"input_as_text": body["text"]}}}},
    )
    r.raise_for_status()
    return {{"output": r.json()["output_text"]}}
"""
_READ = "request.app.state.client"


def _program(call: str, keep: str, *, client: str = _READ, before: str = "") -> bytes:
    return f"""\
import os
from contextlib import asynccontextmanager

import httpx
from fastapi import Depends, FastAPI, Request
from openai import AsyncAzureOpenAI, AsyncOpenAI


@asynccontextmanager
async def lifespan(app: FastAPI):
{keep}    yield


app = FastAPI(lifespan=lifespan)


@app.post("/run")
async def run(request: Request):
    body = await request.json()
{before}{call.format(client=client)}""".encode()


_KEEP = "    app.state.client = {made}\n"
#: How it is kept, how it is read, and what stands before the call.
KNOWN = {
    "in-the-lifespan": (_KEEP, _READ, ""),
    "none-at-first": ("    app.state.client = None\n" + _KEEP, _READ, ""),
    "through-a-name": ("    made = {made}\n    app.state.client = made\n", _READ, ""),
    "read-into-a-name": (_KEEP, "client", f"    client = {_READ}\n"),
    "of-the-application-itself": (_KEEP, "app.state.client", ""),
}


@_TARGETS
@pytest.mark.parametrize(("keep", "client", "before"), KNOWN.values(), ids=KNOWN)
@pytest.mark.parametrize(
    ("call", "made"), [(_SDK_CALL, _OPENAI), (_HTTP_CALL, _HTTPX)], ids=["openai", "httpx"]
)
def test_the_client_is_what_the_file_keeps(
    call: str, made: str, keep: str, client: str, before: str, target: str
) -> None:
    source = _program(call, keep.format(made=made), client=client, before=before)
    migration = check(source, settings=Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    result = migration.result.decode()
    live = {"assistants": "beta.threads.create_and_run(", "responses": "responses.create("}[target]
    assert f"await {client}.{live if call is _SDK_CALL else 'post('}" in result
    assert keep.format(made=made) in result


#: What keeps the client, and why its call is left.
LEFT = {
    "another-host": (
        '    app.state.client = AsyncOpenAI(base_url="https://example.org/v1")\n',
        None,
    ),
    "of-azure": ("    app.state.client = AsyncAzureOpenAI()\n", None),
    "one-of-two": (
        "    app.state.client = AsyncOpenAI()\n"
        '    if os.environ.get("OTHER"):\n'
        "        app.state.client = make_other()\n",
        Reason.CLIENT_UNKNOWN,
    ),
    "bound-by-a-with": (
        "    async with make_other() as app.state.client:\n"
        "        app.state.client = AsyncOpenAI()\n",
        Reason.CLIENT_UNKNOWN,
    ),
    "of-the-state-of-one-request": (
        "    app.state.other = AsyncOpenAI()\n",
        Reason.CLIENT_UNKNOWN,
    ),
}


@_TARGETS
@pytest.mark.parametrize(("keep", "reason"), LEFT.values(), ids=LEFT)
def test_it_is_left_where_that_is_not_certain(
    keep: str, reason: Reason | None, target: str
) -> None:
    migration = check(_program(_SDK_CALL, keep), settings=Settings(target=target))
    assert not migration.changed
    if reason is not None:
        assert [finding.reason for finding in migration.findings] == [reason]
