import asyncio
import os

import httpx

THREADS = "https://api.openai.com/v1/threads"
HEADERS = {
    "Authorization": f"Bearer {os.getenv('OPENAI_API_KEY')}",
    "OpenAI-Beta": "assistants=v2",
}


async def ask(question):
    event = {"text": question}
    text = event["text"].strip()
    instructions = "Be brief."
    async with httpx.AsyncClient() as client:
        thread = await client.post(THREADS, headers=HEADERS, json={})
        thread_id = thread.json().get("id")
        if not thread_id:
            print("no thread")
            await tell("Error")
            raise RuntimeError("no thread")
        added = await client.post(
            f"{THREADS}/{thread_id}/messages",
            headers=HEADERS,
            json={"role": "user", "content": text},
        )
        added.raise_for_status()
        run = await client.post(
            f"{THREADS}/{thread_id}/runs",
            headers=HEADERS,
            json={
                "assistant_id": os.getenv("WORKFLOW_ID"),
                "instructions": instructions,
            },
        )
        run.raise_for_status()
        done = False
        while not done:
            await asyncio.sleep(1)
            url = f"{THREADS}/{thread_id}/runs/{run.json()['id']}"
            check = await client.get(url, headers=HEADERS)
            status = check.json().get("status")
            print("status", status)
            if status == "completed":
                done = True
        listed = await client.get(f"{THREADS}/{thread_id}/messages", headers=HEADERS)
        messages = listed.json().get("data", [])
        answer = ""
        if messages:
            answer = messages[0]["content"][0]["text"]["value"]
        await tell(answer)
    if not answer:
        raise RuntimeError("No response")
    return answer


async def tell(text):
    print(text)
