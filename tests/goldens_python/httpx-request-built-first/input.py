import os

import httpx


async def ask(question: str) -> str:
    headers = {"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}
    body = {"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}}
    async with httpx.AsyncClient(timeout=60) as client:
        request = client.build_request(
            "POST",
            "https://api.openai.com/v1/workflows/runs",
            headers=headers,
            json=body,
        )
        response = await client.send(request)
        response.raise_for_status()
        return response.json()["output"]["message"]
