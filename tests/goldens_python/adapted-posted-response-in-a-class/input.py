import logging
import os

import httpx

logger = logging.getLogger(__name__)


class OpenAI:
    base_url = "https://api.openai.com/v1"

    def __init__(self, key: str) -> None:
        self.key = key

    def _request(self, method: str, path: str, **options: object) -> httpx.Response:
        url = self.base_url + path
        headers = {"Authorization": f"Bearer {self.key}"}
        return httpx.request(method, url, headers=headers, **options)

    def models(self) -> list[str]:
        response = self._request("GET", "/models")
        return [model["id"] for model in response.json()["data"]]

    def run(self, workflow: str, text: str) -> str:
        response = self._request(
            "POST",
            f"/workflows/{workflow}/runs",
            json={"input": {"input_as_text": text}},
        )
        if response.status_code != 200:
            logger.error("workflow %s: %s", workflow, response.text)
            raise RuntimeError(f"workflow: {response.text}")
        return response.json().get("output_text", "")


def ask(question: str) -> str:
    return OpenAI(os.environ["OPENAI_API_KEY"]).run(os.environ["WORKFLOW_ID"], question)
