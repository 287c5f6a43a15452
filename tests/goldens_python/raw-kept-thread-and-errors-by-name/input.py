import logging
import os
import time

import requests

logger = logging.getLogger(__name__)
HEADERS = {
    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
    "Content-Type": "application/json",
    "OpenAI-Beta": "assistants=v2",
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
            made = requests.post(API, headers=HEADERS).json()

            if "id" not in made:
                logger.error(f"no thread: {made}")
                raise RuntimeError(f"no thread: {made}")

            kept[user] = made["id"]

        thread_id = kept[user]

        # Add it to what was said
        added = requests.post(
            f"{API}/{thread_id}/messages",
            headers=HEADERS,
            json={"role": "user", "content": text},
        ).json()

        if "id" not in added:
            logger.error(f"not added: {added}")
            raise RuntimeError("not added")

        started = requests.post(
            f"{API}/{thread_id}/runs",
            headers=HEADERS,
            json={"assistant_id": ASSISTANT_ID},
        ).json()

        if "id" not in started:
            raise RuntimeError(f"no run: {started}")

        run_id = started["id"]

        start_time = time.time()
        most = 60  # seconds

        while time.time() - start_time < most:
            url = f"{API}/{thread_id}/runs/{run_id}"
            state = requests.get(url, headers=HEADERS).json()

            if "status" not in state:
                raise RuntimeError("no state")

            if state["status"] == "completed":
                break

            elif state["status"] in ["failed", "cancelled", "expired"]:
                logger.error(f"Run: {state['status']}")
                raise RuntimeError(f"response {state['status']}")

            time.sleep(2)

        # Too long?
        if time.time() - start_time >= most:
            raise TimeoutError("too long")

        listed = requests.get(f"{API}/{thread_id}/messages", headers=HEADERS).json()

        if "data" not in listed or not listed["data"]:
            logger.error(f"no messages: {listed}")
            raise RuntimeError("No response")

        return str(listed["data"][0]["content"][0]["text"]["value"])

    except Exception as error:
        logger.error("asking failed: %s", error)
        raise
