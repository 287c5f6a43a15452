import time
import types
import typing

from openai import OpenAI

client = OpenAI(max_retries=0)


def workflow_answer(answered: typing.Any) -> typing.Any:
    """Give a Responses API answer in the shape that this file reads."""
    all_text = final_text = refusal = ""
    for item in answered.output or []:
        if item.type != "message":
            continue
        for part in item.content:
            if part.type == "refusal":
                refusal = part.refusal
            if part.type == "output_text":
                all_text += part.text
                if getattr(item, "phase", None) == "final_answer":
                    final_text += part.text
    text = final_text or all_text
    if answered.status != "completed" or refusal or not text:
        error, incomplete = answered.error, answered.incomplete_details
        reason = error.message if error else None
        if not reason and incomplete:
            reason = incomplete.reason
        why = f"refused: {refusal}" if refusal else reason or "no text"
        raise RuntimeError(f"OpenAI response {answered.status}: {why}")
    return types.SimpleNamespace(
        output_text=text,
        output={"message": text},
        error=None,
        id=answered.id,
        status="succeeded",
    )


def ask(question):
    run = workflow_answer(
        client.responses.create(model="gpt-6-luna", input=question),
    )
    while run.status not in ("succeeded", "failed"):
        time.sleep(1)
        run = workflow_answer(client.responses.retrieve(run.id))
    if run.status == "failed":
        raise RuntimeError(run.error)
    return run.output["message"]
