import os

import requests
from fastapi import FastAPI, HTTPException

app = FastAPI()
API = "https://api.openai.com/v1/workflows/runs"


def auth():
    return {"Authorization": "Bearer " + os.environ["OPENAI_API_KEY"]}


@app.post("/start")
def start(question: str):
    r = requests.post(
        API,
        headers=auth(),
        json={"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}},
    )
    if not r.ok:
        raise HTTPException(r.status_code, r.text)
    return {"run_id": r.json()["id"]}


@app.get("/status/{run_id}")
def status(run_id: str):
    r = requests.get(API + "/" + run_id, headers=auth())
    if not r.ok:
        raise HTTPException(r.status_code, r.text)
    run = r.json()
    if run["status"] == "completed":
        return {"done": True, "answer": run["output"]["message"]}
    return {"done": False}


def ask(question):
    return status(start(question)["run_id"])["answer"]
