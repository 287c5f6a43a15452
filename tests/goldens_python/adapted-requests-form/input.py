import os

from requests import post

KEY = os.environ["OPENAI_API_KEY"]
URL = "https://api.openai.com/v1/workflows/runs"


def ask(question, language="de", tone=None):
    response = post(
        URL,
        headers={"Authorization": f"Bearer {KEY}", "OpenAI-Beta": "workflows=v1"},
        json={
            "workflow": {"id": os.environ["WORKFLOW_ID"], "version": "2"},
            # What the person filled in
            "inputs": {"question": question, "lang": language, "tone": tone},
            "user": "u-1",
        },
    )
    response.raise_for_status()
    return response.json()["output"]["text"]
