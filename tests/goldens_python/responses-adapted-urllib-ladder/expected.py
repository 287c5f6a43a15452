import io
import json
import os
import typing
import urllib.error
import urllib.request


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
            "answer": text,
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


def call(question):
    body = {"model": "gpt-6-luna", "input": question}
    request = urllib.request.Request(
        "https://api.openai.com/v1/responses",
        data=json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
            "Content-Type": "application/json",
        },
        method="POST",
    )
    try:
        with workflow_answer(request, timeout=60) as response:
            return json.loads(response.read().decode("utf-8"))
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{error.code}: {error.read().decode()}") from error


def ask(question):
    data = call(question)
    return data.get("answer") or data.get("output", {}).get("message")
