import asyncio
import os

import httpx


async def ask(question: str) -> str:
    headers = {
        "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
        "OpenAI-Beta": "assistants=v2",
    }
    body = {
        "assistant_id": os.environ["WORKFLOW_ID"],
        "thread": {"messages": [{"role": "user", "content": question}]},
    }
    async with httpx.AsyncClient(timeout=60) as client:
        request = client.build_request(
            "POST",
            "https://api.openai.com/v1/threads/runs",
            headers=headers,
            json=body,
        )
        response = await client.send(request)
        response.raise_for_status()
        # Assistants API response format: a run, polled until it ends
        run = response.json()
        run_id = run["id"]
        thread_id = run["thread_id"]

        # Poll for completion
        answer = ""
        for _ in range(30):  # 30 seconds max
            await asyncio.sleep(1)
            status_response = await client.get(
                f"https://api.openai.com/v1/threads/{thread_id}/runs/{run_id}",
                headers=headers,
            )
            status_data = status_response.json()
            run_status = status_data.get("status")
            if run_status == "completed":
                # Get messages from thread; the first one is the latest
                messages_response = await client.get(
                    f"https://api.openai.com/v1/threads/{thread_id}/messages",
                    headers=headers,
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
