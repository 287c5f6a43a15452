"""Adapting a Response for urllib."""

import io
import json
import urllib.error
import urllib.request
import urllib.response


def workflow_answer(
    request: urllib.request.Request,
    **options: __ANY__,
) -> urllib.response.addinfourl:
    """Give a Responses API answer in the shape that this file reads."""
    with urllib.request.urlopen(
        request,
        **__OPTIONS__,
    ) as live:
        answered = json.load(live)
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
        return urllib.response.addinfourl(
            io.BytesIO(content.encode()),
            live.headers,
            live.url,
            live.status,
        )
    missing = "no text" if outcome == "completed" else "no reason given"
    failure = f"Response {outcome}: {why or missing}"
    error = {"message": failure, "type": "api_error", "param": None}
    error["code"] = details.get("code")
    content = json.dumps({"error": error})
    raise urllib.error.HTTPError(
        live.url,
        502,
        failure,
        live.headers,
        io.BytesIO(content.encode()),
    )
