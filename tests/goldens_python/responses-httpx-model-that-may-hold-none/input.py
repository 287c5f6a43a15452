import os
from typing import Optional

import httpx
from pydantic import BaseModel

HEADERS = {
    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
    "OpenAI-Beta": "workflows=v1",
}


class Output(BaseModel):
    text: str = ""
    confidence: Optional[float] = None


class Run(BaseModel):
    id: str
    status: str
    output: Optional[Output] = None


def ask(question: str) -> str:
    payload = {"workflow_id": os.environ["WORKFLOW_ID"], "input": {"question": question}}
    version = os.getenv("WORKFLOW_VERSION")
    if version:
        payload["version"] = version
    print("version", version)
    with httpx.Client(headers=HEADERS, timeout=60) as client:
        response = client.post("https://api.openai.com/v1/workflows/runs", json=payload)
    response.raise_for_status()
    run = Run.model_validate(response.json())
    if run.status != "completed" or run.output is None:
        raise RuntimeError(f"run {run.id} is {run.status}")
    return run.output.text
