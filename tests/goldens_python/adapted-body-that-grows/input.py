import os
from typing import Any

import requests

SESSION = os.environ.get("WORKFLOW_SESSION")


def first_text(obj, keys):
    if isinstance(obj, dict):
        for key, value in obj.items():
            if key in keys and value is not None:
                return value
            found = first_text(value, keys)
            if found:
                return found
    return None


def run_workflow(payload, version=None):
    body: dict[str, Any] = {
        "workflow_id": os.environ["WORKFLOW_ID"],
        "input": payload.get("input", {}),
    }
    # The version goes inside of the body
    if version:
        try:
            body["version"] = int(version)
        except ValueError:
            pass
    if SESSION:
        body["session_id"] = SESSION  # kept by the gateway
        print("session", SESSION)
    try:
        response = requests.post(
            "https://api.openai.com/v1/workflows/runs",
            json=body,
            headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
            timeout=60,
        )
        response.raise_for_status()
        return response.json()
    except requests.exceptions.HTTPError as e:
        return {"failed": True, "why": e.response.text}


def ask(question):
    result = run_workflow({"input": {"user_message": question}}, version="3")
    if result.get("failed"):
        raise RuntimeError(result["why"])
    return first_text(result, ["reply_text", "text", "output_text"])
