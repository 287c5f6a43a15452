"""Describe a roof by its photo."""

import base64
import os

import requests


def ask(question, photo=b"", mime="image/jpeg"):
    data_url = f"data:{mime};base64,{base64.b64encode(photo).decode()}"
    items = [
        {
            "role": "user",
            "content": [
                {"type": "input_text", "text": question or "What is wrong with this roof?"},
                {"type": "input_image", "image_url": data_url},
            ],
        }
    ]
    response = requests.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
        json={"workflow_id": os.environ["WORKFLOW_ID"], "input_data": {"input": items}},
        timeout=90,
    )
    response.raise_for_status()
    return response.json()["output_text"]
