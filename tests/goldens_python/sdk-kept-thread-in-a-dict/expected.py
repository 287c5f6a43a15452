from openai import OpenAI

client = OpenAI(max_retries=0)
threads: dict[str, str] = {}


def thread_of(user: str) -> str:
    if user not in threads:
        # Each person has a thread of their own.
        thread = client.conversations.create(metadata={"user": user})
        threads[user] = thread.id
    return threads[user]


def ask(question: str, user: str = "ann") -> str:
    thread_id = thread_of(user)
    # Add the question to the thread
    # Run it
    # Stored thread_... ids ended with the Assistants API;
    # a conversation has an id of its own.
    run = client.responses.create(
        model="gpt-6-luna",
        conversation=thread_id,
        input=question,
    )
    if run.status != "completed" or not run.output_text:
        error, incomplete = run.error, run.incomplete_details
        reason = error.message if error else incomplete and incomplete.reason
        raise RuntimeError(f"OpenAI response {run.status}: {reason}")
    return run.output_text
