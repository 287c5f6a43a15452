import os

import httpx

PATHS = {
    "runs": "https://api.openai.com/v1/workflows/{id}/runs",
    "models": "https://api.openai.com/v1/models",
}


class Agent:
    def __init__(self, workflow: str) -> None:
        self.workflow = workflow
        self.headers = {"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}

    @staticmethod
    def url_of(name: str, workflow: str) -> str:
        if not workflow:
            raise ValueError("no workflow")
        return PATHS["runs"].format(id=workflow)

    def models(self) -> list[str]:
        response = httpx.get(PATHS["models"], headers=self.headers)
        return [model["id"] for model in response.json()["data"]]

    def ask(self, question: str) -> str:
        response = httpx.post(
            self.url_of("runs", self.workflow),
            headers=self.headers,
            json={"input": {"message": question}},
            timeout=30,
        )
        response.raise_for_status()
        data = response.json()
        return data["output_text"]


def ask(question: str) -> str:
    return Agent(os.environ["WORKFLOW_ID"]).ask(question)
