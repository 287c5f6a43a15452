import os

import aiohttp

BASE_URL = "https://api.openai.com/v1"


def headers():
    return {
        "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
        "Content-Type": "application/json",
    }


async def request(session, method, path, data=None):
    url = f"{BASE_URL}/{path}"
    async with session.request(method, url, headers=headers(), json=data) as response:
        response.raise_for_status()
        return await response.json()


async def ask(question):
    async with aiohttp.ClientSession() as session:
        body = {"model": "gpt-6-luna", "input": question}
        run = await request(session, "POST", "responses", body)
        if run["status"] in ("failed", "cancelled", "expired"):
            raise RuntimeError(f"response {run['status']}")
        # Responses API format: the text of the messages among the output items
        response_status = run.get("status")
        if response_status != "completed":
            details = run.get("error") or {}
            incomplete = run.get("incomplete_details") or {}
            reason = details.get("message") or incomplete.get("reason")
            raise RuntimeError(f"Response {response_status}: {reason}")
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
