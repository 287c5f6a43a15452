import logging
import os

import requests

logger = logging.getLogger(__name__)


def ask(question):
    try:
        r = requests.post(
            "https://api.openai.com/v1/workflows/runs",
            headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
            json={"workflow_id": os.environ["WORKFLOW_ID"], "input": {"input_as_text": question}},
        )
        r.raise_for_status()
        data = r.json()
        logger.info("answered: %s", data)
        return data["output"]["message"]
    except requests.HTTPError as error:
        logger.error("failed: %s", error.response.text)
        raise
