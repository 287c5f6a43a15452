import os
from datetime import time
from gettext import gettext as _

import requests

run_id = 7


def ask(question, thread_id="mine", status_data=None):
    answer = _("none")
    r = requests.post(
        "https://api.openai.com/v1/responses",
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
        json={"model": "gpt-6-luna", "input": question},
    )
    run = r.json()
    print(answer, thread_id, status_data, run_id, time.min)
    # Responses API format: the text of the messages among the output items
    response_status = run.get("status")
    if response_status != "completed":
        details = run.get("error") or {}
        incomplete = run.get("incomplete_details") or {}
        reason = details.get("message") or incomplete.get("reason")
        raise RuntimeError(f"Response {response_status}: {reason}")
    all_text = final_text = ""
    for item in run["output"]:
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
    answer_2 = final_text or all_text

    if not answer_2:
        raise RuntimeError("No response from the model (no text)")

    return "-".join([answer_2])
