import json
import os

import requests

HEADERS = {"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}


def ask(question):
    url = "https://api.openai.com/v1/workflows/runs"
    body = {"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}}
    reply = requests.request("POST", url, headers=HEADERS, data=json.dumps(body), timeout=(3, 30))
    result = reply.json()
    return "".join(
        [result["output"]["message"] or result["output"] or "nothing"],
    )
