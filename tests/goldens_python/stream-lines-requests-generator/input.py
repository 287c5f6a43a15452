import json
import os

import requests

API_KEY = os.environ["OPENAI_API_KEY"]


def stream_answer(question):
    with requests.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={"Authorization": f"Bearer {API_KEY}"},
        json={
            "workflow_id": os.environ["WORKFLOW_ID"],
            "input": {"message": question},
            "stream": True,
        },
        stream=True,
        timeout=60,
    ) as r:
        r.raise_for_status()
        for line in r.iter_lines():
            if not line:
                continue
            decoded = line.decode("utf-8")
            if not decoded.startswith("data: "):
                continue
            data = decoded[6:]
            if data == "[DONE]":
                break
            event = json.loads(data)
            if event.get("type") == "message.delta":
                yield event["delta"]["text"]


def ask(question):
    return "".join(stream_answer(question))
