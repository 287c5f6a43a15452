"""What is raised for a Response where the code for completed ones has left the function."""


def read():
    response_status = __BODY__.get("status")
    details = __BODY__.get("error") or {}
    incomplete = __BODY__.get("incomplete_details") or {}
    reason = details.get("message") or incomplete.get("reason")
    raise RuntimeError(f"Response {response_status}: {reason}")
