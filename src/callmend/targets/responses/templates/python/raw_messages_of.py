"""The items of a conversation with what a file reads of a thread's messages."""

import typing


def messages_of(answer: typing.Any) -> typing.Any:
    """Give a conversation's items as the messages that this file reads."""
    if __OF_RUN__:
        output = answer.get("output")
        items = answer.get("data") if output is None else output[::-1]
    else:
        items = answer.get("data")
    if items is None:
        return answer  # an error of the API
    messages: list[typing.Any] = []
    for item in items:
        if item["type"] != "message" or item.get("phase") == "commentary":
            continue
        text = "".join(part.get("text", "") for part in item["content"])
        if messages and item["role"] == messages[-1]["role"] == "assistant":
            # one answer in several messages
            parts = messages.pop()["content"]
            other = "".join(part["text"]["value"] for part in parts)
            if __NEWEST_FIRST__:
                text = text + other
            else:
                text = other + text
        if __ANNOTATED__:
            said = {"value": text, "annotations": []}  # nothing is cited
            content = [{"type": "text", "text": said}] if text else []
        else:
            content = [{"type": "text", "text": {"value": text}}] if text else []
        if __READS_RUN__:
            made = answer.get("created_at")
            run = {"run_id": answer.get("id"), "created_at": made}
            messages.append({**item, "content": content, **run})
        else:
            messages.append({**item, "content": content})
    if __LIMITED__:
        del messages[__MOST__:]
    if __OF_RUN__:
        page = {key: value for key, value in answer.items() if key != "error"}
        return {**page, "data": messages}
    else:
        return {**answer, "data": messages}
