import os

import httpx


async def ask(question: str) -> str:
    headers = {"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}
    body = {"model": "gpt-6-luna", "input": question}
    async with httpx.AsyncClient(timeout=60) as client:
        request = client.build_request(
            "POST",
            "https://api.openai.com/v1/responses",
            headers=headers,
            json=body,
        )
        response = await client.send(request)
        response.raise_for_status()
        # Responses API format: the text of the messages among the output items
        reply = response.json()
        response_status = reply.get("status")
        if response_status != "completed":
            details = reply.get("error") or {}
            incomplete = reply.get("incomplete_details") or {}
            reason = details.get("message") or incomplete.get("reason")
            raise RuntimeError(f"Response {response_status}: {reason}")
        all_text = final_text = ""
        for item in reply["output"]:
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
