"""A test server that speaks OpenAI's API over real HTTP; this text is its manual.

It stands in for api.openai.com wherever a migrated program is run: Node, a browser, the official
client. In a test::

    with running_server(Scenario.SLOW) as server:
        ...  # point the program at server.base_url
        assert server.requests[0].json["thread"]["messages"][-1]["content"] == "Hello"

On leaving the block each request that OpenAI would refuse is raised as an AssertionError, with
the words of the refusal; a test that wants a refusal takes it with `server.take_violations()`.
`server.control` may be changed between requests (a run keeps the scenario it was created under).

By hand: `python -m tests.server --port 8000 --scenario several_messages --wire split --wire crlf`.

Where things live: `scenarios` (what a test chooses), `recording` (what a test reads back),
`validation` and `rules` (what is a right request: the official package's types, and what the
specification says beyond them), `errors` (OpenAI's error JSON), `saying` (what the model answers),
`store` (threads, runs, responses), `assistants` and `assistants_stream`, `responses` and
`responses_stream`, `chat` (the routes), `sse` (bytes of a stream), `app` (the ASGI application),
`running` (a thread with a loopback port).

A new scenario is a member of `Scenario` with a docstring, and one line in `saying` or `store` for
what differs. A new route is a function from `Call` to an ASGI response, and one line in `app`.
Nothing waits: slow is counted in polls. What OpenAI's words are in an error is not documented;
the shape of the JSON is, and tests should rely on no more than status, `type` and `code`.
"""

from tests.server.recording import RecordedRequest, Violation
from tests.server.running import RunningServer, running_server
from tests.server.scenarios import Control, Reply, Scenario, Wire

__all__ = [
    "Control",
    "RecordedRequest",
    "Reply",
    "RunningServer",
    "Scenario",
    "Violation",
    "Wire",
    "running_server",
]
