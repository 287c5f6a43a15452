"""Adapting a Response for aiohttp."""

import json
import typing

import aiohttp


class WorkflowAnswer:
    """An answer with what this file reads of one of aiohttp's."""

    def __init__(
        self,
        live: __RESPONSE__,
        status: int,
        reason: str,
        content: str,
    ) -> None:
        self.live = live
        self.status = status
        self.reason = reason
        self.content = content
        if __OK__:
            self.ok = status < 400
        if __HEADERS_READ__:
            self.headers = live.headers
        if __URL_READ__:
            self.url = live.url

    if __JSON__:

        async def json(self, **_: typing.Any) -> typing.Any:
            """Give the answer's JSON."""
            return json.loads(self.content)

    if __TEXT__:

        async def text(self) -> str:
            """Give the answer's text."""
            return self.content

    if __READ__:

        async def read(self) -> bytes:
            """Give the answer's bytes."""
            return self.content.encode()

    if __RAISE__:

        def raise_for_status(self) -> None:
            """Raise what aiohttp raises for an error."""
            if self.status >= 400:
                raise aiohttp.ClientResponseError(
                    self.live.request_info,
                    self.live.history,
                    status=self.status,
                    message=self.reason,
                    headers=self.live.headers,
                )

    if __WITH__:

        async def __aenter__(self) -> typing.Any:
            """Give the answer, which is there already."""
            return self

        async def __aexit__(self, *_: object) -> None:
            """Do nothing: the connection is closed already."""


async def workflow_answer(asked: typing.Any) -> WorkflowAnswer:
    """Give a Responses API answer in the shape that this file reads."""
    async with asked as live:
        shown = await live.text()
        if live.status >= 400:
            reason = f"OpenAI error {live.reason}: {shown}"
            if __THROWS__:
                raise aiohttp.ClientResponseError(
                    live.request_info,
                    live.history,
                    status=live.status,
                    message=reason,
                    headers=live.headers,
                )
            return WorkflowAnswer(live, live.status, reason, shown)
    answered = json.loads(shown)
    all_text = final_text = refusal = ""
    for item in answered.get("output") or []:
        if item["type"] != "message":
            continue
        for part in item["content"]:
            if part["type"] == "refusal":
                refusal = part["refusal"]
            if part["type"] == "output_text":
                all_text += part["text"]
                if item.get("phase") == "final_answer":
                    final_text += part["text"]
    text = final_text or all_text
    outcome = answered.get("status")
    details = answered.get("error") or {}
    incomplete = answered.get("incomplete_details") or {}
    refused = f"refused: {refusal}" if refusal else ""
    why = refused or details.get("message") or incomplete.get("reason")
    if outcome == "completed" and text and not refusal:
        given = __SHAPE__
        content = json.dumps(given)
        return WorkflowAnswer(live, live.status, str(live.reason), content)
    missing = "no text" if outcome == "completed" else "no reason given"
    failure = f"Response {outcome}: {why or missing}"
    error = {"message": failure, "type": "api_error", "param": None}
    error["code"] = details.get("code")
    content = json.dumps({"error": error})
    if __THROWS__:
        raise aiohttp.ClientResponseError(
            live.request_info,
            live.history,
            status=502,
            message=failure,
            headers=live.headers,
        )
    return WorkflowAnswer(live, 502, failure, content)
