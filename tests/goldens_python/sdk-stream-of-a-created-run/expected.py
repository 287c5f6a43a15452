from openai import OpenAI


def ask(question: str) -> str:
    client = OpenAI(max_retries=0)
    stream = client.responses.create(
        model="gpt-6-luna",
        input=question,
        stream=True,
    )
    answer = ""
    for event in stream:
        if event.type in ("response.failed", "response.incomplete"):
            ended = event.response
            error, incomplete = ended.error, ended.incomplete_details
            reason = error.message if error else incomplete and incomplete.reason
            raise RuntimeError(f"OpenAI response {ended.status}: {reason}")
        if event.type == "error":
            raise RuntimeError(f"OpenAI response error: {event.message}")
        if event.type == "response.output_text.delta":
            # what is said
            answer += event.delta
            print(event.delta)
    return answer
