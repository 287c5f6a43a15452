"""A client that starts runs and waits for them."""

import os
import time

import requests


class Workflows:
    base = "https://api.openai.com/v1/workflows"

    def __init__(self, session=None):
        self.session = session or requests.Session()
        self.session.headers["Authorization"] = f"Bearer {os.environ['OPENAI_API_KEY']}"

    def start(self, question):
        response = self.session.post(
            f"{self.base}/runs",
            json={"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}},
        )
        response.raise_for_status()
        return response.json()["id"]

    def poll(self, run_id):
        for _ in range(30):
            response = self.session.get(f"{self.base}/runs/{run_id}")
            response.raise_for_status()
            run = response.json()
            if run["status"] == "completed":
                return run["output"]["message"]
            if run["status"] == "failed":
                raise RuntimeError(run["error"])
            time.sleep(1)
        raise TimeoutError(f"no answer of {run_id}")


def ask(question):
    workflows = Workflows()
    return workflows.poll(workflows.start(question))
