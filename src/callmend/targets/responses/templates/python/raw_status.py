"""What has to hold of a Response where the text was read for completed ones only."""


def read():
    response_status = __BODY__.get("status")
    if response_status != "completed":
        details = __BODY__.get("error") or {}
        incomplete = __BODY__.get("incomplete_details") or {}
        reason = details.get("message") or incomplete.get("reason")
        raise RuntimeError(f"Response {response_status}: {reason}")
