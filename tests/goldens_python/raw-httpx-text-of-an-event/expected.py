import os

import httpx

THREADS = "https://api.openai.com/v1/threads"
HEADERS = {
    "Authorization": f"Bearer {os.getenv('OPENAI_API_KEY')}",
}


async def ask(question):
    event = {"text": question}
    text = event["text"].strip()
    instructions = "Be brief."
    async with httpx.AsyncClient() as client:
        run = await client.post(
            "https://api.openai.com/v1/responses",
            headers=HEADERS,
            json={
                "model": "gpt-6-luna",
                "instructions": instructions,
                "input": text,
            },
        )
        run.raise_for_status()
        run_data = run.json()
        # Responses API format: the text of the messages among the output items
        response_status = run_data.get("status")
        if response_status != "completed":
            details = run_data.get("error") or {}
            incomplete = run_data.get("incomplete_details") or {}
            reason = details.get("message") or incomplete.get("reason")
            raise RuntimeError(f"Response {response_status}: {reason}")
        all_text = final_text = ""
        for item in run_data["output"]:
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
        reply = final_text or all_text

        answer = ""
        if reply:
            answer = reply
        await tell(answer)
    if not answer:
        raise RuntimeError("No response")
    return answer


async def tell(text):
    print(text)
