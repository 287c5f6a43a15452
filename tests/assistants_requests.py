"""Assistants code by fetch and axios that callmend leaves, with the reason for each."""

from __future__ import annotations

from dataclasses import dataclass

from callmend.reasons import Reason


@dataclass(frozen=True)
class Left:
    """A file that is left as it is, and why."""

    reason: Reason
    source: str
    path: str = "a.ts"


def _fetched(read: str, parameters: str = "") -> str:
    return (
        "export async function ask(content: string) {\n"
        "  const started = await fetch('https://api.openai.com/v1/threads/runs', {\n"
        "    method: 'POST',\n"
        f"    body: JSON.stringify({{ {parameters}assistant_id: 'a', thread: {{ messages: "
        "[{ role: 'user', content }] } }),\n"
        "  });\n"
        "  const run = await started.json();\n"
        f"{read}}}\n"
    )


_PICKED = (
    "  const listed = await fetch(`https://api.openai.com/v1/threads/${run.thread_id}/messages`);\n"
    "  const page = await listed.json();\n"
    "  return page.data[0].content[0].text.value;\n"
)


def by_axios(made: str = "axios.create({ baseURL: API })") -> str:
    """A small program that asks one question by an instance of axios, made like this."""
    return (
        "import axios from 'axios';\nconst API = 'https://api.openai.com/v1';\n"
        f"const api = {made};\n"
        "export async function ask(content: string) {\n"
        "  const { data: run } = await api.post('/threads/runs', "
        "{ assistant_id: 'a', thread: { messages: [{ role: 'user', content }] } });\n"
        "  const { data: page } = await api.get(`/threads/${run.thread_id}/messages`);\n"
        "  return page.data[0].content[0].text.value;\n}\n"
    )


#: By name.
REQUESTS = {
    "fetch-with-options-from-elsewhere": Left(
        Reason.BODY_NOT_UNDERSTOOD,
        "await fetch('https://api.openai.com/v1/threads/runs', makeOptions(question));\n",
    ),
    "fetch-with-a-body-from-elsewhere": Left(
        Reason.BODY_NOT_UNDERSTOOD,
        "await fetch('https://api.openai.com/v1/threads/runs', { method: 'POST', body });\n",
    ),
    "fetch-whose-answer-is-handed-on": Left(Reason.ANSWER_NOT_READ, _fetched("  return run;\n")),
    "fetch-whose-answer-is-text": Left(
        Reason.BODY_NOT_UNDERSTOOD,
        _fetched("  return run;\n").replace("started.json()", "started.text()"),
    ),
    "fetch-of-a-lone-thread": Left(
        Reason.PART_OF_A_FLOW,
        "export const make = async () =>\n"
        "  (await fetch('https://api.openai.com/v1/threads', { method: 'POST' })).json();\n",
    ),
    "fetch-with-headers-that-others-need": Left(
        Reason.BETA_HEADER,
        "const headers = { 'OpenAI-Beta': 'assistants=v2' };\n"
        "export const stores = () => fetch('https://api.openai.com/v1/files', { headers });\n"
        + _fetched(_PICKED).replace("method: 'POST',", "method: 'POST',\n    headers,"),
    ),
    "fetch-with-headers-from-elsewhere": Left(
        Reason.HEADERS_NOT_UNDERSTOOD,
        "import { headers } from './headers';\n"
        + _fetched(_PICKED).replace("method: 'POST',", "method: 'POST',\n    headers,"),
    ),
    "axios": Left(
        Reason.AXIOS_NOT_UNDERSTOOD,
        "import axios from 'axios';\nconst API = 'https://api.openai.com/v1';\n"
        "export async function ask(id: string, headers: object) {\n"
        "  await axios.post(`${API}/threads/${id}/messages`, message, { headers });\n"
        "  const run = await axios.post(`${API}/threads/${id}/runs`, params, { headers });\n"
        "  return run.data.id;\n}\n",
    ),
    "axios-with-a-time-out-for-short-requests": Left(
        Reason.AXIOS_NOT_UNDERSTOOD, by_axios("axios.create({ baseURL: API, timeout: 5000 })")
    ),
    "axios-with-interceptors": Left(
        Reason.AXIOS_NOT_UNDERSTOOD,
        by_axios() + "api.interceptors.response.use((response) => response.data);\n",
    ),
    "axios-with-defaults": Left(
        Reason.AXIOS_NOT_UNDERSTOOD, by_axios() + "axios.defaults.timeout = 1000;\n"
    ),
    "axios-with-headers-that-others-need": Left(
        Reason.BETA_HEADER,
        by_axios("axios.create({ baseURL: API, headers: { 'OpenAI-Beta': 'assistants=v2' } })")
        + "export const stores = () => api.get('/vector_stores');\n",
    ),
    "axios-that-says-what-a-run-is": Left(
        Reason.AXIOS_NOT_UNDERSTOOD, by_axios().replace("api.post('/", "axios.post<Run>(API + '/")
    ),
    "axios-with-a-signal": Left(
        Reason.AXIOS_NOT_UNDERSTOOD,
        by_axios().replace("content }] } });", "content }] } }, { signal });"),
    ),
    "axios-whose-http-status-is-read": Left(
        Reason.AXIOS_NOT_UNDERSTOOD,
        by_axios()
        .replace("{ data: run }", "started")
        .replace(
            "  const { data: page }",
            "  const run = started.data, code = started.status;\n  const { data: page }",
        ),
    ),
    "axios-whose-promise-is-handed-on": Left(
        Reason.AXIOS_NOT_UNDERSTOOD, by_axios().replace("{ data: run } = await", "run =")
    ),
    "axios-with-another-order": Left(
        Reason.ANSWER_NOT_UNDERSTOOD,
        by_axios().replace("/messages`", "/messages`, { params: { order: 'asc' } }"),
    ),
    "axios-with-parameters-from-elsewhere": Left(
        Reason.AXIOS_NOT_UNDERSTOOD, by_axios().replace("/messages`", "/messages`, { params }")
    ),
    "another-function-of-that-name": Left(
        Reason.UNKNOWN_TRANSPORT, by_axios().replace("from 'axios'", "from './axios'")
    ),
    "a-fetch-of-this-project": Left(
        Reason.FETCH_SHADOWED,
        "import { fetch } from './retrying';\n" + _fetched(_PICKED),
    ),
    "fetch-that-streams": Left(
        Reason.ASSISTANTS_STREAM, _fetched("  return run;\n", "stream: true, ")
    ),
    "fetch-beside-a-message-that-is-not-read": Left(
        Reason.OTHER_CALL,
        _fetched(
            "  await fetch(`https://api.openai.com/v1/threads/${run.thread_id}/messages`, "
            "{ method: 'POST', body: more });\n" + _PICKED
        ),
    ),
    "fetch-beside-a-cancel": Left(
        Reason.OTHER_CALL,
        _fetched(
            "  await fetch(`https://api.openai.com/v1/threads/${run.thread_id}/runs/${run.id}"
            "/cancel`, { method: 'POST' });\n" + _PICKED
        ),
    ),
    "fetch-beside-a-request-of-another-function": Left(
        Reason.WRAPPER_ELSEWHERE,
        "import { send } from './http';\n"
        + _fetched(
            "  await send(`https://api.openai.com/v1/threads/${run.thread_id}/messages`, more);\n"
            + _PICKED
        ),
    ),
}
