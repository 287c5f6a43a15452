import logging
import os
import time

import requests

logger = logging.getLogger(__name__)
HEADERS = {
    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
    "Content-Type": "application/json",
}
ASSISTANT_ID = os.environ["WORKFLOW_ID"]
API = "https://api.openai.com/v1/threads"
kept: dict[str, str] = {}


def ask(question: str, user: str = "ann") -> str:
    """Answer a question of a person, whose thread is kept."""
    event = {"message": {"text": question}, "user": user}
    text = event["message"]["text"]
    try:
        if user not in kept:
            made = requests.post(
                "https://api.openai.com/v1/conversations",
                headers=HEADERS,
            ).json()

            if "id" not in made:
                logger.error(f"no thread: {made}")
                raise RuntimeError(f"no thread: {made}")

            kept[user] = made["id"]

        thread_id = kept[user]

        # Add it to what was said

        # Stored thread_... ids ended with the Assistants API;
        # a conversation has an id of its own.
        started = requests.post(
            "https://api.openai.com/v1/responses",
            headers=HEADERS,
            json={"model": "gpt-6-luna", "conversation": thread_id, "input": text},
        ).json()

        if "id" not in started:
            raise RuntimeError(f"no run: {started}")

        start_time = time.time()
        most = 60  # seconds

        if started["status"] in ["failed", "cancelled", "expired"]:
            logger.error(f"Run: {started['status']}")
            raise RuntimeError(f"response {started['status']}")

        # Too long?
        if time.time() - start_time >= most:
            raise TimeoutError("too long")

        # Responses API format: the text of the messages among the output items
        response_status = started.get("status")
        if response_status != "completed":
            details = started.get("error") or {}
            incomplete = started.get("incomplete_details") or {}
            reason = details.get("message") or incomplete.get("reason")
            raise RuntimeError(f"Response {response_status}: {reason}")
        all_text = final_text = ""
        for item in started["output"]:
            if item["type"] != "message":
                continue
            for part in item["content"]:
                if part["type"] == "refusal":
                    refusal = part["refusal"]
                    raise RuntimeError(f"The model refused: {refusal}")
                if part["type"] == "output_text":
                    all_text += part["text"]
                    if item.get("phase") == "final_answer":
                        final_text += part["text"]
        answer = final_text or all_text

        if not answer:
            logger.error(f"no messages: {started}")
            raise RuntimeError("No response")

        return str(answer)

    except Exception as error:
        logger.error("asking failed: %s", error)
        raise
