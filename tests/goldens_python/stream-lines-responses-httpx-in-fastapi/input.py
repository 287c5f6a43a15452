import json
import os

import httpx
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

app = FastAPI()


@app.post("/chat")
async def chat(question: str) -> StreamingResponse:
    async def generate():
        async with httpx.AsyncClient(timeout=None) as client:
            async with client.stream(
                "POST",
                "https://api.openai.com/v1/workflows/runs",
                headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
                json={
                    "workflow_id": os.environ["WORKFLOW_ID"],
                    "input": {"message": question},
                    "stream": True,
                },
            ) as response:
                async for line in response.aiter_lines():
                    if line.startswith("data: "):
                        payload = line[len("data: ") :]
                        if payload.strip() == "[DONE]":
                            yield "data: [DONE]\n\n"
                            return
                        try:
                            chunk = json.loads(payload)
                        except json.JSONDecodeError:
                            continue
                        text = (
                            chunk.get("output", {}).get("text")
                            or chunk.get("text")
                            or ""
                        )
                        if text:
                            yield f"data: {json.dumps({'text': text})}\n\n"

    return StreamingResponse(generate(), media_type="text/event-stream")


async def ask(question):
    response = await chat(question)
    pieces = [piece async for piece in response.body_iterator]
    assert pieces.pop() == "data: [DONE]\n\n"
    return "".join(json.loads(piece[6:])["text"] for piece in pieces)
