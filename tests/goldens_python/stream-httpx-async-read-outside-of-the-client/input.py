import os

import httpx
from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.post("/ask")
async def ask(question: str) -> str:
    async with httpx.AsyncClient(timeout=60) as client:
        response = await client.post(
            "https://api.openai.com/v1/workflows/runs",
            headers={
                "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
                "OpenAI-Beta": "workflows=v1",
            },
            json={
                "workflow_id": os.environ["WORKFLOW_ID"],
                "input": {"message": question},
            },
        )
    if response.status_code != 200:
        raise HTTPException(status_code=502, detail=response.text)
    data = response.json()
    return data["output"]["message"]
