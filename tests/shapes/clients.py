"""The calls of composed programs by client: how each takes its URL, headers and body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Client:
    """One client, as code with `$URL`, `$BODY` and `$HEADERS` on lines of their own.

    ``gives`` is what stands behind the awaited call where that is not the response: `.json()`.
    ``imports`` are the lines in an ES module and in CommonJS, ``top`` what the file has for it,
    ``data`` how a response that is parsed already is read.
    """

    call: tuple[str, ...]
    imports: tuple[str, str] = ("", "")
    gives: str = ""
    top: tuple[str, ...] = ()
    data: str = ""


def _axios(*call: str, top: tuple[str, ...] = (), data: str = ".data") -> Client:
    both = ("import axios from 'axios';", "const axios = require('axios');")
    return Client(call, both, top=top, data=data)


_INIT = ("  method: 'POST',", "  headers: $HEADERS,", "  body: JSON.stringify($BODY),")
_WITH_JSON = ("  headers: $HEADERS,", "  json: $BODY,")
#: By name. What gives a response that is read as `fetch`'s is not here but in `composing`.
CLIENTS: Mapping[str, Client] = {
    "axios": _axios(
        "axios.post(", "  $URL,", "  $BODY,", "  {", "    headers: $HEADERS,", "  },", ")"
    ),
    "axios-config": _axios(
        "axios({",
        "  method: 'post',",
        "  url: $URL,",
        "  headers: $HEADERS,",
        "  data: $BODY,",
        "})",
    ),
    "axios-request": _axios(
        "axios.request({",
        "  url: $URL,",
        "  method: 'POST',",
        "  data: $BODY,",
        "  headers: $HEADERS,",
        "  timeout: 30000,",
        "})",
    ),
    "axios-instance": _axios(
        "http.post($URL, $BODY, {",
        "  headers: $HEADERS,",
        "})",
        top=("const http = axios.create({ timeout: 20000 });",),
    ),
    "ky": Client(
        ("ky.post($URL, {", *_WITH_JSON, "  retry: 0,", "})"),
        ("import ky from 'ky';", ""),
        gives=".json()",
    ),
    "got": Client(
        ("got.post($URL, {", *_WITH_JSON, "  retry: { limit: 0 },", "})"),
        ("import got from 'got';", ""),
        gives=".json()",
    ),
    "undici-request": Client(
        ("request($URL, {", *_INIT, "})"),
        ("import { request } from 'undici';", "const { request } = require('undici');"),
    ),
    "post-helper": Client(
        ("postJson($URL, $HEADERS, $BODY)",),
        top=(
            "async function postJson(url<: string>, headers<: any>, body<: any>) {",
            "  const init = { method: 'POST', headers, body: JSON.stringify(body) };",
            "  const r = await fetch(url, init);",
            "  if (!r.ok) throw new Error(`status ${r.status}`);",
            "  return r.json();",
            "}",
        ),
    ),
    "post-helper-unchecked": Client(
        ("send($URL, { headers: $HEADERS, body: $BODY })",),
        top=(
            "const send = async (url<: string>, { headers, body }<: any>) => {",
            "  const init = { method: 'POST', headers, body: JSON.stringify(body) };",
            "  const r = await fetch(url, init);",
            "  const raw = await r.text();",
            "  return raw ? JSON.parse(raw) : {};",
            "};",
        ),
    ),
}
#: Made-up calls of the SDK, with `$C` for the client and `$ID` for the workflow's id.
SDK_CALLS: Mapping[str, str] = {
    "create": "$C.workflows.runs.create($BODY)",
    "beta": "$C.beta.workflows.runs.create($BODY)",
    "run": "$C.workflows.run($BODY)",
    "optional": "$C.workflows?.runs?.create($BODY)",
    "invoke": "$C.workflows.invoke($ID, $BODY)",
}


def filled(lines: tuple[str, ...], given: dict[str, list[str]]) -> list[str]:
    """The call's lines with what is given in the places of its metavariables."""
    found: list[str] = []
    for line in lines:
        # At most one of them takes several lines; what else stands there is put on one.
        name = next((n for n in reversed(given) if n in line and len(given[n]) > 1), None)
        written = line
        for each, code in given.items():
            if each != name:
                written = written.replace(each, " ".join(part.strip() for part in code))
        if name is None:
            found.append(written)
            continue
        indent = written[: len(written) - len(written.lstrip())]
        before, after = written.split(name)
        first, *inner, last = given[name]
        found += [before + first, *(indent + each for each in inner), indent + last + after]
    return found
