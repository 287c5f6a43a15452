"""Ask an assistant that cites files, and list what it cites."""

import os

from openai import OpenAI

client = OpenAI(max_retries=0)


def ask(question):
    thread = client.beta.threads.create(messages=[{"role": "user", "content": question}])
    run = client.beta.threads.runs.create_and_poll(
        thread_id=thread.id, assistant_id=os.environ["WORKFLOW_ID"]
    )
    if run.status != "completed":
        raise RuntimeError(f"no response, the run is {run.status}: {run.last_error}")
    messages = client.beta.threads.messages.list(thread_id=thread.id, run_id=run.id)
    message_content = messages.data[0].content[0].text
    citations = []
    for index, annotation in enumerate(message_content.annotations):
        marker = f"[{index}]"
        message_content.value = message_content.value.replace(annotation.text, marker)
        if file_citation := getattr(annotation, "file_citation", None):
            cited_file = client.files.retrieve(file_citation.file_id)
            citations.append(f"{marker} {cited_file.filename}")
    return "\n".join([message_content.value, *citations])
