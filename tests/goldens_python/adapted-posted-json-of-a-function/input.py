import os
from typing import Any

import requests

BASE = os.environ.get("OPENAI_BASE_URL", "https://api.openai.com/v1").rstrip("/")


def post(path: str, body: dict[str, Any], timeout: float = 30.0) -> dict[str, Any]:
    response = requests.post(
        f"{BASE}{path}",
        json=body,
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
        timeout=timeout,
    )
    response.raise_for_status()
    result: dict[str, Any] = response.json()
    return result


def embed(text: str) -> list[float]:
    body = {"model": "text-embedding-3-small", "input": text}
    vector: list[float] = post("/embeddings", body)["data"][0]["embedding"]
    return vector


def ask(question: str) -> str:
    data = post(
        "/workflows/runs",
        {
            "workflow_id": os.environ["WORKFLOW_ID"],
            "input": {"message": question},
        },
        timeout=90,
    )
    return str(data["output"]["message"])
