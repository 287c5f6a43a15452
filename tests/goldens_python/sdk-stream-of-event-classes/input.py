import os
from collections.abc import Iterator

from openai import OpenAI
from openai.types.beta.assistant_stream_event import ThreadMessageDelta, ThreadRunFailed
from openai.types.beta.threads.text_delta_block import TextDeltaBlock


def new_thread(client: OpenAI) -> str:
    thread = client.beta.threads.create()
    return thread.id


def add(client: OpenAI, thread_id: str, text: str) -> None:
    client.beta.threads.messages.create(thread_id=thread_id, role="user", content=text)


def pieces(client: OpenAI, thread_id: str) -> Iterator[str]:
    stream = client.beta.threads.runs.create(
        thread_id=thread_id,
        assistant_id=os.environ["WORKFLOW_ID"],
        stream=True,
    )
    for event in stream:
        if isinstance(event, ThreadMessageDelta) and event.data.delta.content:
            part = event.data.delta.content[0]
            if isinstance(part, TextDeltaBlock) and part.text:
                yield part.text.value or ""
        elif isinstance(event, ThreadRunFailed):
            raise RuntimeError(f"response failed: {event.data.last_error}")


def ask(question: str) -> str:
    client = OpenAI(max_retries=0)
    thread_id = new_thread(client)
    add(client, thread_id, question)
    return "".join(pieces(client, thread_id))
