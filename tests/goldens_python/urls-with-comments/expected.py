import os

import requests

BASE = "https://api.openai.com/v1"
WORKFLOW_ID = os.environ["WORKFLOW_ID"]


def ask(question: str) -> str:
    failure = "nothing was tried"
    for url in [
        # one of these
        # the documented one?
        # and an older one
        f"{BASE}/responses",
    ]:
        response = requests.post(
            url,
            headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
            json={"model": "gpt-6-luna", "input": question},
            timeout=30,
        )
        if response.ok:
            # Responses API format: the text of the messages among the output items
            reply = response.json()
            response_status = reply.get("status")
            if response_status != "completed":
                details = reply.get("error") or {}
                incomplete = reply.get("incomplete_details") or {}
                reason = details.get("message") or incomplete.get("reason")
                raise RuntimeError(f"Response {response_status}: {reason}")
            all_text = final_text = ""
            for item in reply["output"]:
                if item["type"] != "message":
                    continue
                for part in item["content"]:
                    if part["type"] == "refusal":
                        refusal = part["refusal"]
                        raise RuntimeError(f"The model refused: {refusal}")
                    if part["type"] == "output_text":
                        all_text += part["text"]
                        if item.get("phase") == "final_answer":
                            final_text += part["text"]
            answer = final_text or all_text

            if not answer:
                raise RuntimeError("No response from the model (no text)")

            return answer
        failure = f"{url}: {response.status_code}"
    raise RuntimeError(failure)
