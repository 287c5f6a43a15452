"""Asks a model."""

import os

import requests

API_KEY = os.environ["OPENAI_API_KEY"]
# the assistant that was
ASSISTANT_ID = os.getenv("ASSISTANT_ID")


# asks once
def ask(question):
    payload = {
        "assistant_id": ASSISTANT_ID,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": question},
        ],
        "max_tokens": 300,
        "temperature": 0.2,
    }
    response = requests.post(
        "https://api.openai.com/v1/responses",
        headers={"Authorization": f"Bearer {API_KEY}"},
        json=payload,
        timeout=30,
    )
    response.raise_for_status()
    data = response.json()
    return data["choices"][0]["message"]["content"].strip()
