import json
import os
import urllib.request


def ask(question):
    request = urllib.request.Request(
        "https://api.openai.com/v1/workflows/runs",
        data=json.dumps(
            {
                "workflow_id": os.environ["WORKFLOW_ID"],
                "input": {"message": question},
                "stream": True,
            }
        ).encode(),
        headers={
            "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
            "Content-Type": "application/json",
        },
    )
    parts = []
    finished = False
    with urllib.request.urlopen(request) as response:
        for raw in response:
            line = raw.decode("utf-8").strip()
            if not line.startswith("data:"):
                continue
            event = json.loads(line.removeprefix("data:"))
            kind = event.get("type")
            if kind == "output.delta":
                parts.append(event["choices"][0]["delta"].get("content", ""))
            elif kind == "run.completed":
                finished = True
    if not finished:
        raise RuntimeError("cut off")
    return "".join(parts)
