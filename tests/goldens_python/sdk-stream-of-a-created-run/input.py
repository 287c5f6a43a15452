import os

from openai import OpenAI


def ask(question: str) -> str:
    client = OpenAI(max_retries=0)
    stream = client.beta.threads.create_and_run(
        assistant_id=os.environ["WORKFLOW_ID"],
        thread={"messages": [{"role": "user", "content": question}]},
        stream=True,
    )
    answer = ""
    for event in stream:
        if event.event == "thread.message.delta":
            for content in event.data.delta.content or []:
                if content.type == "text":
                    # what is said
                    answer += content.text.value
                    print(content.text.value)
    return answer
