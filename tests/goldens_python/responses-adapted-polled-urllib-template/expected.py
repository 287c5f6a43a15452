import io
import json
import os
import time
import typing
import urllib.request

START = "https://api.openai.com/v1/responses"
STATUS = "https://api.openai.com/v1/responses/{}"


def _headers():
    return {
        "Authorization": "Bearer " + os.environ["OPENAI_API_KEY"],
        "Content-Type": "application/json",
    }


def workflow_answer(
    request: urllib.request.Request,
    **options: typing.Any,
) -> urllib.response.addinfourl:
    """Give a Responses API answer in the shape that this file reads."""
    with urllib.request.urlopen(
        request,
        **options,
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
        given = {
            "output_text": text,
            "output": {"message": text},
            "id": answered.get("id"),
            "status": "completed",
        }
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


def ask(question):
    body = {
        "model": "gpt-6-luna",
        "input": question,
    }
    request = urllib.request.Request(
        START, data=json.dumps(body).encode(), headers=_headers(), method="POST"
    )
    with workflow_answer(request, timeout=60) as response:
        run = json.load(response)
    while run["status"] != "completed":
        time.sleep(1)
        again = urllib.request.Request(STATUS.format(run["id"]), headers=_headers())
        with workflow_answer(again, timeout=60) as response:
            run = json.load(response)
    return run["output"]["message"]
