import os

import httpx

BASE_URL = "https://api.openai.com/v1"


async def api(client, method, path, **kwargs):
    headers = {
        "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
    }
    response = await client.request(method, f"{BASE_URL}{path}", headers=headers, **kwargs)
    response.raise_for_status()
    return response.json()


async def ask(question):
    async with httpx.AsyncClient(timeout=60) as client:
        body = {"model": "gpt-6-luna", "input": question}
        run = await api(client, "POST", "/responses", json=body)
        if run["status"] != "completed":
            raise RuntimeError(f"response {run['status']}: {run.get('error')}")
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
