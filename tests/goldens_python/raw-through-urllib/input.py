import json
import os
import time
import urllib.request

BASE_URL = "https://api.openai.com/v1"


def api(method, path, body=None):
    data = None
    if body is not None:
        data = json.dumps(body).encode("utf-8")
    request = urllib.request.Request(
        BASE_URL + path,
        data=data,
        headers={
            "Authorization": "Bearer " + os.environ["OPENAI_API_KEY"],
            "Content-Type": "application/json",
            "OpenAI-Beta": "assistants=v2",
        },
        method=method,
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def ask(question):
    thread = api("POST", "/threads", {"messages": [{"role": "user", "content": question}]})
    thread_id = thread["id"]
    run = api("POST", "/threads/" + thread_id + "/runs", {"assistant_id": os.environ["WORKFLOW_ID"]})
    while run["status"] != "completed":
        time.sleep(0.5)
        run = api("GET", "/threads/" + thread_id + "/runs/" + run["id"])
        if run["status"] in ("failed", "expired", "cancelled"):
            raise RuntimeError("response " + run["status"])
    messages = api("GET", "/threads/" + thread_id + "/messages")
    return messages["data"][0]["content"][0]["text"]["value"]
