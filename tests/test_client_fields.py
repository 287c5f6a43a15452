"""A client of a package in a class's field: its beta header goes where only dead calls send it."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket, Migration
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.invariants import check

_CLASS = """\
import axios, { type AxiosInstance } from "axios";
IMPORTS
export class Scores {
  PRIVATE readonly http: AxiosInstance;
  constructor(key: string, private readonly id: string) {
    this.http = axios.create({
      baseURL: "https://api.openai.com/v1",
      headers: { Authorization: `Bearer ${key}`, "OpenAI-Beta": "workflows=v1" },
    });
    MADE
  }
  async ask(message: string): Promise<string> {
    const { data } = await this.http.post(`/workflows/${this.id}/runs`, { input: { message } });
    return data.output_text;
  }
MORE}
"""


def _ran(
    *, private: str = "private", imports: str = "", made: str = "", more: str = ""
) -> Migration:
    source = _CLASS.replace("PRIVATE ", f"{private} ".lstrip()).replace("IMPORTS", imports)
    source = source.replace("MADE", made).replace("MORE", more)
    return check(source.encode(), "scores.ts", Settings(target="responses"))


GOES = {
    "alone": {},
    "sent-again": {
        "imports": 'import axiosRetry from "axios-retry";',
        "made": "axiosRetry(this.http, { retries: 2 });",
    },
    "used-by-another-dead-call": {
        "more": (
            "  async more(message: string) {\n    const { data } = await this.http.post("
            "`/workflows/${this.id}/runs`, { input: { message } });\n"
            "    return data.output_text;\n  }\n"
        )
    },
}


@pytest.mark.parametrize("parts", GOES.values(), ids=GOES)
def test_the_header_goes(parts: dict[str, str]) -> None:
    migration = _ran(**parts)
    assert {f.bucket for f in migration.findings} == {Bucket.MIGRATED}
    assert "workflows=v1" not in migration.result.decode()


STAYS = {
    "a-live-call": {
        "more": (
            "  vector(input: string) {\n"
            "    return this.http.post('/embeddings', { model: 'm', input });\n  }\n"
        )
    },
    "given-away": {"more": "  client() {\n    return this.http;\n  }\n"},
    "handed-on": {"imports": 'import { watch } from "./watch";', "made": "watch(this.http);"},
    "another-packages-function-of-the-name": {
        "imports": 'import axiosRetry from "./axios-retry";',
        "made": "axiosRetry(this.http);",
    },
    "other-files-may-use-it": {"private": ""},
}


@pytest.mark.parametrize("parts", STAYS.values(), ids=STAYS)
def test_a_header_that_others_may_send_stays(parts: dict[str, str]) -> None:
    migration = _ran(**parts)
    assert migration.findings[0].reason is Reason.HEADERS_NOT_UNDERSTOOD
    assert not migration.changed
