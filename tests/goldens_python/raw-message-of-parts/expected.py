import os

import requests

API = "https://api.openai.com/v1"
HEADERS = {
    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
}


def ask(question: str) -> str:
    response = requests.post(
        f"{API}/responses",
        headers=HEADERS,
        json={
            "model": "gpt-6-luna",
            "input": [
                {"role": "user", "content": [{"type": "input_text", "text": "Hello"}]},
                {
                    "role": "user",
                    "content": [
                        {
                            "type": "input_image",
                            "image_url": "https://example.org/plan.png",
                            "detail": "auto",
                        },
                        {"type": "input_text", "text": question},
                    ],
                },
            ],
        },
    )
    response.raise_for_status()
    run = response.json()
    if run["status"] != "completed":
        raise RuntimeError(f"The run ended as {run['status']}")
    all_text = final_text = ""
    for item in run["output"]:
        if item["type"] != "message":
            continue
        for part in item["content"]:
            if part["type"] == "refusal":
                refusal = part["refusal"]
                raise RuntimeError(f"The model refused: {refusal}")
            if part["type"] == "output_text":
                all_text += part["text"]
                if item.get("phase") == "final_answer":
                    final_text += part["text"]
    answer = final_text or all_text

    if not answer:
        raise RuntimeError("No response from the model (no text)")

    return answer
