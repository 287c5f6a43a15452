import asyncio
import os

import httpx

BASE_URL = "https://api.openai.com/v1"


async def ask(question):
    workflow_id = os.environ["WORKFLOW_ID"]
    url = BASE_URL + "/threads/runs"
    body = {
        "assistant_id": workflow_id,
        "thread": {
            "messages": [
                {"role": "user", "content": question},
            ],
        },
        "stream": False,
    }
    async with httpx.AsyncClient() as client:
        response = await client.post(
            url,
            headers={
                "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
                "OpenAI-Beta": "assistants=v2",
            },
            json=body,
        )
        result = response.json()
        # Assistants API response format: a run, polled until it ends
        run_id = result["id"]
        thread_id = result["thread_id"]
        run_headers = {
            "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
            "OpenAI-Beta": "assistants=v2",
        }

        # Poll for completion
        answer = ""
        for _ in range(30):  # 30 seconds max
            await asyncio.sleep(1)
            status_response = await client.get(
                f"{BASE_URL}/threads/{thread_id}/runs/{run_id}",
                headers=run_headers,
            )
            status_data = status_response.json()
            run_status = status_data.get("status")
            if run_status == "completed":
                # Get messages from thread; the first one is the latest
                messages_response = await client.get(
                    f"{BASE_URL}/threads/{thread_id}/messages",
                    headers=run_headers,
                )
                latest_message = messages_response.json()["data"][0]
                if latest_message["role"] == "assistant":
                    first_part = latest_message["content"][0]
                    if first_part["type"] == "refusal":
                        refusal = first_part["refusal"]
                        raise RuntimeError(f"The assistant refused: {refusal}")
                    answer = first_part["text"]["value"]
                break
            if run_status in ("failed", "cancelled"):
                last_error = status_data.get("last_error") or {}
                error_text = last_error.get("message") or "Unknown error"
                raise RuntimeError(f"Assistant run {run_status}: {error_text}")

        if not answer:
            raise RuntimeError("No response from assistant (timeout or failed)")

        return answer
