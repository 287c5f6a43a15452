import os

import aiohttp

HEADERS = {
    "Authorization": "Bearer " + os.environ["OPENAI_API_KEY"],
    "Content-Type": "application/json",
}
BASE = "https://api.openai.com/v1"


async def ask(question: str) -> str:
    async with aiohttp.ClientSession(headers=HEADERS) as session:
        async with session.post(
            f"{BASE}/responses",
            json={"model": "gpt-6-luna", "input": question},
        ) as resp:
            resp.raise_for_status()
            run = await resp.json()

        if run["status"] != "completed":
            raise RuntimeError(f"response {run['status']}")

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
