import os

import httpx

ASSISTANT_ID = os.environ["WORKFLOW_ID"]
client = httpx.Client(
    base_url="https://api.openai.com/v1",
    headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
)


def ask(question: str) -> str:
    response = client.post(
        "/responses",
        json={
            "model": "gpt-6-luna",
            "max_output_tokens": 800,
            "input": [
                {"role": "user", "content": "Hello!"},
                {"role": "user", "content": question},
            ],
        },
    )
    response.raise_for_status()
    run = response.json()
    if run["status"] == "completed":
        # the newest answer
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
            raise RuntimeError("No response")
        text: str = answer
        return text
    raise RuntimeError(f"response {run['status']}")  # nothing to show
