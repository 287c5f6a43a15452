import os

import requests


async def ask(question):
    data = requests.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
        json={"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}},
    ).json()
    text = data.get("output_text")
    return text or data["output"]["text"]
