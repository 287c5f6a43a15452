import os

import requests


def ask(question, messages=(), use_workflow=True):
    key = os.environ["OPENAI_API_KEY"]
    if use_workflow:
        # Build the history
        history = [{"role": m["role"], "content": m["content"]} for m in messages]
        response = requests.post(
            "https://api.openai.com/v1/workflows/runs",
            headers={"Authorization": f"Bearer {key}"},
            json={
                "workflow_id": os.environ["WORKFLOW_ID"],
                "input": {"message": question, "conversation_history": history},
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
        answer = data.get("output", {}).get("message") or data.get("output") or ""
        if not answer:
            print("workflow response:", data)
            raise RuntimeError("No response received from workflow")
    else:
        answer = data["choices"][0]["message"]["content"]
    return answer
