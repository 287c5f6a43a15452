import json
import os
from urllib.request import Request, urlopen


def ask(question):
    body = json.dumps(
        {"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}}
    ).encode()
    headers = {
        "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
        "Content-Type": "application/json",
    }
    with urlopen(
        Request("https://api.openai.com/v1/workflows/runs", data=body, headers=headers)
    ) as response:
        return json.load(response)["output"]["message"]
