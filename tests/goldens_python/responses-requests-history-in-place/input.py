import os

import requests

TURNS = [("user", "hi"), ("assistant", "hello")]


def ask(question):
    past = []
    for role, content in TURNS:
        past.append({"role": "user" if role == "user" else "assistant", "content": content})
    r = requests.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={"Authorization": "Bearer %s" % os.environ["OPENAI_API_KEY"]},
        json={
            "workflow_id": os.environ["WORKFLOW_ID"],
            "input": {"message": question, "history": past[-10:]},
            "metadata": {"source": "test"},
        },
    )
    return r.json()["output"]["message"]
