"""Adapting a Response for httpx."""

import json

import httpx


def workflow_answer(live: __RESPONSE__) -> __RESPONSE__:
    """Give a Responses API answer in the shape that this file reads."""
    if not live.is_success:
        if __THROWS__:
            shown = f"OpenAI error {live.status_code}: {live.text}"
            raise httpx.HTTPStatusError(
                shown,
                request=live.request,
                response=live,
            )
        return live
    answered = live.json()
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
        status, reason = live.status_code, live.reason_phrase
    else:
        missing = "no text" if outcome == "completed" else "no reason given"
        failure = f"Response {outcome}: {why or missing}"
        error = {"message": failure, "type": "api_error", "param": None}
        error["code"] = details.get("code")
        content = json.dumps({"error": error})
        status, reason = 502, failure
    shaped = __RESPONSE__(
        status,
        headers={"Content-Type": "application/json"},
        content=content,
        request=live.request,
        extensions={"reason_phrase": reason.encode("ascii", "replace")},
    )
    if __THROWS__:
        if status != live.status_code:
            raise httpx.HTTPStatusError(
                reason,
                request=live.request,
                response=shaped,
            )
    return shaped
