"""Reading a Response: the same for every client, as nothing more is asked."""


def read():
    # Responses API format: the text of the messages among the output items
    reply = __PARSED__
    response_status = __BODY__.get("status")
    if response_status != "completed":
        details = __BODY__.get("error") or {}
        incomplete = __BODY__.get("incomplete_details") or {}
        reason = details.get("message") or incomplete.get("reason")
        raise RuntimeError(f"Response {response_status}: {reason}")
    all_text = final_text = ""
    for item in __BODY__["output"]:
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
    __RESULT__ = final_text or all_text or __FALLBACK__

    if not __RESULT__:
        raise RuntimeError("No response from the model (no text)")
