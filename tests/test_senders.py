"""Which package sends a request that is left is told with it: Angular's `HttpClient` and others."""

from __future__ import annotations

import pytest

from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = ("assistants", "responses")
_URL = "'https://api.openai.com/v1/workflows/runs'"
_BODY = "{ workflow_id: 'wf_1', input: { message: text } }"
_KEY = "{ headers: { Authorization: `Bearer ${KEY}` } }"
_ANGULAR = "import { HttpClient } from '@angular/common/http';\n"
_NEST = "import { HttpService } from '@nestjs/axios';\n"


def _class(member: str, call: str, head: str) -> str:
    return (
        f"{head}const KEY = 'key';\n\nexport class Bot {{\n  {member}\n\n"
        f"  ask(text: string) {{\n    return {call};\n  }}\n}}\n"
    )


def _function(call: str, head: str, given: str = "text: string") -> str:
    return f"{head}const KEY = 'key';\n\nexport function ask({given}) {{\n  return {call};\n}}\n"


_POSTED = f"this.http.post({_URL}, {_BODY}, {_KEY})"
TOLD = {
    "angular": (
        _class("constructor(private http: HttpClient) {}", _POSTED, _ANGULAR),
        "`this.http.post`: `HttpClient` of @angular/common/http gives an Observable",
    ),
    "angular-by-inject": (
        _class("private http = inject(HttpClient);", _POSTED, _ANGULAR),
        "`this.http.post`: `HttpClient` of @angular/common/http gives",
    ),
    "angular-by-a-field": (
        _class("private readonly http: HttpClient;", _POSTED, _ANGULAR),
        "`this.http.post`: `HttpClient` of @angular/common/http gives",
    ),
    "nest": (
        _class("constructor(private readonly http: HttpService) {}", _POSTED, _NEST),
        "`this.http.post`: `HttpService` of @nestjs/axios gives an Observable of axios' response",
    ),
    "axios-of-something-that-is-not-nests": (
        _class(
            "constructor(private readonly http: HttpClient) {}",
            _POSTED.replace(".post", ".axiosRef.post"),
            _ANGULAR,
        ),
        "`this.http.axiosRef.post`: `HttpClient` of @angular/common/http",
    ),
    "a-parameter": (
        _function(f"http.post({_URL}, {_BODY})", _ANGULAR, "text: string, http: HttpClient"),
        "`http.post`: `HttpClient` of @angular/common/http",
    ),
    "superagent": (
        _function(
            f"superagent.post({_URL}).set('Authorization', KEY).send({_BODY})",
            "import superagent from 'superagent';\n",
        ),
        "`superagent.post`: superagent is a chain",
    ),
    "superagent-by-require": (
        _function(
            f"request.post({_URL}).send({_BODY})", "const request = require('superagent');\n"
        ),
        "`request.post`: superagent is a chain",
    ),
    "obsidian": (
        _function(
            f"requestUrl({{ url: {_URL}, method: 'POST', body: JSON.stringify({_BODY}) }})",
            "import { requestUrl } from 'obsidian';\n",
        ),
        "`requestUrl`: obsidian gives an answer of its own",
    ),
    "any-other-package": (
        _function(f"needle('post', {_URL}, {_BODY})", "import needle from 'needle';\n"),
        "`needle`: needle",
    ),
}
UNTOLD = {
    "a-field-without-a-type": (
        _class("constructor(private http) {}", _POSTED, ""),
        "`this.http.post`",
    ),
    "a-type-of-the-project": (
        _class("constructor(private http: Http) {}", _POSTED, "import { Http } from './http';\n"),
        "`this.http.post`",
    ),
    "a-parameter-that-is-no-field": (
        _class("constructor(http: HttpClient) {}", _POSTED, _ANGULAR),
        "`this.http.post`",
    ),
    "a-name-of-nowhere": (_function(f"$http.post({_URL}, {_BODY})", ""), "`$http.post`"),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("source", "detail"), TOLD.values(), ids=TOLD)
def test_the_package_is_told(source: str, detail: str, target: str) -> None:
    migration = check(source.encode(), "a.ts", Settings(target=target))
    [finding] = migration.findings
    assert finding.reason is Reason.UNKNOWN_TRANSPORT
    assert finding.detail.startswith(detail), finding.detail
    assert not migration.changed


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize(("source", "detail"), UNTOLD.values(), ids=UNTOLD)
def test_nothing_is_told_that_is_not_seen(source: str, detail: str, target: str) -> None:
    [finding] = check(source.encode(), "a.ts", Settings(target=target)).findings
    assert (finding.reason, finding.detail) == (Reason.UNKNOWN_TRANSPORT, detail)
