"""The forms of the dead URL in composed programs."""

from __future__ import annotations

from dataclasses import dataclass

_HOST = "https://api.openai.com"
_RUNS = f"{_HOST}/v1/workflows/runs"


@dataclass(frozen=True)
class Url:
    """One form: its expression, what stands at the file's top and above the call for it."""

    code: str
    has_id: bool = False
    before: tuple[str, ...] = ()
    top: tuple[str, ...] = ()


NO_URL = Url("")
#: By name, with `$ID` for the workflow's id as an expression.
_FORMS = {
    "runs": Url(f"'{_RUNS}'"),
    "runs-variable": Url("url", before=(f"const url = '{_RUNS}';",)),
    "base-constant": Url(
        "`${OPENAI_BASE}/workflows/runs`", top=(f"const OPENAI_BASE = '{_HOST}/v1';",)
    ),
    "path-id": Url(f"`{_HOST}/v1/workflows/${{$ID}}/runs`", has_id=True),
    "path-id-variable": Url(
        "url",
        has_id=True,
        before=(
            "const workflowId = $ID;",
            f"const url = `{_HOST}/v1/workflows/${{workflowId}}/runs`;",
        ),
    ),
    "path-id-or-nothing": Url(
        f"`{_HOST}/v1/workflows/${{workflowId}}/runs`",
        has_id=True,
        before=("const workflowId = $ID || '';",),
    ),
    "path-id-encoded": Url(
        f"`{_HOST}/v1/workflows/${{encodeURIComponent($ID)}}/runs`", has_id=True
    ),
    "path-id-literal": Url(f"'{_HOST}/v1/workflows/wf_123/runs'", has_id=True),
    "concatenation": Url(f"'{_HOST}/v1/workflows/' + $ID + '/runs'", has_id=True),
    "invoke": Url(f"`{_HOST}/v1/workflows/${{$ID}}/invoke`", has_id=True),
    "run-preview": Url(f"`{_HOST}/v1/workflows/${{$ID}}/run`", has_id=True),
    "agent-workflows": Url(f"`{_HOST}/v1/agent/workflows/${{$ID}}/runs`", has_id=True),
    "missing-v1": Url(f"'{_HOST}/workflows/runs'"),
    "query": Url(f"`{_HOST}/v1/workflows/${{$ID}}/runs?version=2`", has_id=True),
    "dict-entry": Url(
        "`${ENDPOINTS.openai}/workflows/runs`",
        top=(f"const ENDPOINTS = {{ openai: '{_HOST}/v1', other: '/api' }};",),
    ),
    "plain-template": Url(f"`{_RUNS}`"),
    "url-builder": Url(
        "runsUrl($ID)",
        has_id=True,
        top=(f"const runsUrl = (id<: string>) => `{_HOST}/v1/workflows/${{id}}/runs`;",),
    ),
    "base-with-default": Url(
        "`${base}/v1/workflows/runs`",
        before=(f"const base = globalThis.OPENAI_BASE || '{_HOST}';",),
    ),
    "new-url": Url(f"new URL('/v1/workflows/runs', '{_HOST}')"),
    "env-base": Url(
        "`${API_BASE}/workflows/${$ID}/runs`",
        has_id=True,
        top=(f"const API_BASE = process.env.OPENAI_BASE_URL || '{_HOST}/v1';",),
    ),
    "joined": Url(
        "url",
        has_id=True,
        before=(f"const url = ['{_HOST}/v1', 'workflows', $ID, 'runs'].join('/');",),
    ),
    "path-replaced": Url(
        "RUNS_PATH.replace('{id}', $ID)",
        has_id=True,
        top=(f"const RUNS_PATH = '{_HOST}/v1/workflows/{{id}}/runs';",),
    ),
    "builder-in-object": Url(
        "paths.runs($ID)",
        has_id=True,
        top=(
            "const paths = {",
            f"  runs: (id<: string>) => `{_HOST}/v1/workflows/${{id}}/runs`,",
            "  chat: () => '/api/chat',",
            "};",
        ),
    ),
    "builder-function": Url(
        "endpoint('workflows/' + $ID + '/runs')",
        has_id=True,
        top=(
            "function endpoint(path<: string>) {",
            f"  return `{_HOST}/v1/${{path}}`;",
            "}",
        ),
    ),
    "grown": Url(
        "url",
        has_id=True,
        before=(f"let url = '{_HOST}/v1/workflows/';", "url += $ID;", "url += '/runs';"),
    ),
    "chosen": Url(
        f"lang ? '{_RUNS}' : '{_HOST}/v1/workflows/run'",
    ),
    "static-field": Url(
        "`${Api.base}/workflows/runs`",
        top=("class Api {", f"  static base = '{_HOST}/v1';", "}"),
    ),
    "frozen-dict": Url(
        "API['runs']",
        top=(f"const API = Object.freeze({{ runs: '{_RUNS}', chat: '/api/chat' }});",),
    ),
    "path-variable": Url(
        "`${host}${path}`",
        has_id=True,
        before=(f"const host = '{_HOST}';", "const path = `/v1/workflows/${$ID}/runs`;"),
    ),
    "trailing-slash": Url(f"`{_HOST}/v1/workflows/${{$ID}}/runs/`", has_id=True),
    "candidates": Url(
        "url",
        has_id=True,
        before=(
            "const candidates = [",
            f"  `{_HOST}/v1/workflows/${{$ID}}/runs`,",
            f"  `{_HOST}/v1/workflows/${{$ID}}/invoke`,",
            f"  `{_HOST}/v1/agents/workflows/${{$ID}}/runs`,",
            "];",
        ),
    ),
}
#: `candidates` only stands in a loop over them.
URLS = tuple(form for form in _FORMS if form != "candidates")


def url_of(form: str, identity: str) -> Url:
    """A form with the workflow's id; the plainest where the transport has none."""
    url = _FORMS.get(form, _FORMS["runs"])
    before = tuple(line.replace("$ID", identity) for line in url.before)
    return Url(url.code.replace("$ID", identity), url.has_id, before, url.top)
