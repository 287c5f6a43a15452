# Asks the agent one question.
import os
import sys

import requests

key = os.environ["OPENAI_API_KEY"]
workflow = os.environ["WORKFLOW_ID"]
# The request
response = requests.post(
    f"https://api.openai.com/v1/workflows/{workflow}/runs",
    headers={"Authorization": f"Bearer {key}"},
    json={"input": {"message": os.environ["QUESTION"]}},
)
if not response.ok:
    print(response.status_code, file=sys.stderr)
    raise SystemError(response.text)
data = response.json()
answer = data.get("output_text") or ""
if not answer:
    for item in data["output"]:
        if item["type"] == "message":
            for part in item["content"]:
                answer += part["text"]


def ask(question):
    return answer
