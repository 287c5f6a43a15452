import os

import requests

ASSISTANT = os.environ["WORKFLOW_ID"]
session = requests.Session()
session.headers.update(
    {
        "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
    }
)
threads: dict[str, str] = {}


def ask(question: str, user: str = "ann") -> str:
    thread_id = threads.get(user)
    if not thread_id:
        made = session.post("https://api.openai.com/v1/conversations", json={})
        made.raise_for_status()
        thread_id = made.json()["id"]
        threads[user] = thread_id
    # Stored thread_... ids ended with the Assistants API;
    # a conversation has an id of its own.
    started = session.post(
        "https://api.openai.com/v1/responses",
        json={"model": "gpt-6-luna", "conversation": thread_id, "input": question},
    )
    started.raise_for_status()
    run = started.json()
    if run["status"] == "failed":
        raise RuntimeError(f"response failed: {run['error']['message']}")
    # Responses API format: the text of the messages among the output items
    response_status = run.get("status")
    if response_status != "completed":
        details = run.get("error") or {}
        incomplete = run.get("incomplete_details") or {}
        reason = details.get("message") or incomplete.get("reason")
        raise RuntimeError(f"Response {response_status}: {reason}")
    all_text = final_text = ""
    for item in run["output"]:
        if item["type"] != "message":
            continue
        for part in item["content"]:
            if part["type"] == "refusal":
                refusal = part["refusal"]
                raise RuntimeError(f"The model refused: {refusal}")
            if part["type"] == "output_text":
                all_text += part["text"]
                if item.get("phase") == "final_answer":
                    final_text += part["text"]
    answer = final_text or all_text

    if not answer:
        raise RuntimeError("No response from the model (no text)")

    return str(answer)
