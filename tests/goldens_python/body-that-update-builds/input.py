import os
from typing import Any

import httpx


async def ask(question: str, language: str | None = None) -> str:
    payload: dict[str, Any] = {"workflow_id": os.environ["WORKFLOW_ID"]}
    payload.update({"input": {"message": question}})
    if language:
        payload["input"]["language"] = language
    payload.setdefault("version", "2")
    async with httpx.AsyncClient() as client:
        response = await client.post(
            "https://api.openai.com/v1/workflows/runs",
            headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
            json=payload,
            timeout=60,
        )
    response.raise_for_status()
    data = response.json()
    return data["output"]["text"]
