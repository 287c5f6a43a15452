import os

import aiohttp

API = "https://api.openai.com/v1/"


async def call(path, payload):
    headers = {"Authorization": "Bearer " + os.environ["OPENAI_API_KEY"]}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.post(API + path, json=payload) as response:
            return await response.json()


async def ask(question):
    body = {"workflow_id": os.environ["WORKFLOW_ID"], "input": question}
    run = await call("workflows/runs", body)
    for key in ("output_text", "text"):
        if run.get(key):
            return run[key]
    raise LookupError("no text")
