import json
import os

import requests

headers = {
    "Authorization": "Bearer " + os.environ["OPENAI_API_KEY"],
    "Content-Type": "application/json",
}


def ask(question):
    body = {"model": "gpt-6-luna", "input": [{"role": "user", "content": question}], "thread_id": "thread_1"}
    resp = requests.post("https://api.openai.com/v1/responses", headers=headers, data=json.dumps(body))
    resp.raise_for_status()
    return resp.json()["output"][0]["content"][0]["text"]["value"]


def tags(text):
    resp = requests.post(
        "https://api.openai.com/v1/responses",
        headers=headers,
        data=json.dumps({"model": "gpt-6-luna", "input": f"Tags for {text}"}),
    )
    return resp.json().get("output_text", "none").split(",")
