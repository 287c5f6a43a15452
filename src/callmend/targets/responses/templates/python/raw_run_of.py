"""A Response with what a file reads of a run: its parts, and its status in the run's words."""

import typing


def run_of(answer: typing.Any) -> typing.Any:
    """Give a Response as the run that this file waits for."""
    if "status" not in answer:
        return answer  # an error of the API
    status = answer["status"]
    details = answer.get("error") or answer.get("incomplete_details") or {}
    run = {key: value for key, value in answer.items() if key != "error"}
    run["thread_id"] = (answer.get("conversation") or {}).get("id")
    if status in ("failed", "cancelled", "incomplete"):
        reason = details.get("message") or details.get("reason")
        if __RAISES__:
            raise RuntimeError(f"Response {status}: {reason}")
        else:
            failure = {"code": status, "message": reason or status}
            return {**run, "status": "failed", "last_error": failure}
    if status == "completed":
        output = answer["output"]
        items = [item for item in output if item["type"] == "message"]
        parts = [part for item in items for part in item["content"]]
        refused = [part for part in parts if part["type"] == "refusal"]
        if refused:
            raise RuntimeError("The model refused: " + refused[0]["refusal"])
        if not any(part.get("text") for part in parts):
            raise RuntimeError("No response from the model (no text)")
    return {**run, "last_error": None}
