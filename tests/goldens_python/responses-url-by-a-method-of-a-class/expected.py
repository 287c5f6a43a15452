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
        return "https://api.openai.com/v1/responses"

    def models(self) -> list[str]:
        response = httpx.get(PATHS["models"], headers=self.headers)
        return [model["id"] for model in response.json()["data"]]

    def ask(self, question: str) -> str:
        response = httpx.post(
            self.url_of("runs", self.workflow),
            headers=self.headers,
            json={"model": "gpt-6-luna", "input": question},
            timeout=30,
        )
        response.raise_for_status()
        data = response.json()
        # Responses API format: the text of the messages among the output items
        response_status = data.get("status")
        if response_status != "completed":
            details = data.get("error") or {}
            incomplete = data.get("incomplete_details") or {}
            reason = details.get("message") or incomplete.get("reason")
            raise RuntimeError(f"Response {response_status}: {reason}")
        all_text = final_text = ""
        for item in data["output"]:
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
            raise RuntimeError("No response from the model (no text)")

        return answer


def ask(question: str) -> str:
    return Agent(os.environ["WORKFLOW_ID"]).ask(question)
