"""The items of a conversation with what a file reads of a thread's messages."""


def messages_of(answer):
    """Give the items of a conversation as the messages that this file reads."""
    messages = []
    for item in answer.get("data", []):
        if item["type"] == "message":
            texts = [part["text"] for part in item["content"] if "text" in part]
            content = [{"type": "text", "text": {"value": text}} for text in texts]
            messages.append({**item, "content": content})
    return {**answer, "data": messages} if "data" in answer else answer
