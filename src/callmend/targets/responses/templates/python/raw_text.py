"""The text of a completed Response, for code that knows that it is completed."""


def read():
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
