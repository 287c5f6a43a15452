import os

import requests


def ask(question, messages=(), use_workflow=True):
    key = os.environ["OPENAI_API_KEY"]
    if use_workflow:
        # Build the history
        history = [{"role": m["role"], "content": m["content"]} for m in messages]
        response = requests.post(
            "https://api.openai.com/v1/responses",
            headers={"Authorization": f"Bearer {key}"},
            json={
                "model": "gpt-6-luna",
                "input": [*history, {"role": "user", "content": question}],
            },
        )
    else:
        response = requests.post(
            "https://api.openai.com/v1/chat/completions",
            headers={"Authorization": f"Bearer {key}"},
            json={"model": "gpt-5", "messages": [{"role": "user", "content": question}]},
        )
    response.raise_for_status()
    data = response.json()
    if use_workflow:
        # Responses API format: the text of the messages among the output items
        response_status = data.get("status")
        if response_status != "completed":
            details = data.get("error") or {}
            incomplete = data.get("incomplete_details") or {}
            reason = details.get("message") or incomplete.get("reason")
            raise RuntimeError(f"Response {response_status}: {reason}")
        all_text = final_text = ""
        for item in data["output"]:
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
            print("workflow response:", data)
            raise RuntimeError("No response received from workflow")
    else:
        answer = data["choices"][0]["message"]["content"]
    return answer
