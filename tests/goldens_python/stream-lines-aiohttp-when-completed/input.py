import json
import os

import aiohttp


async def ask(question):
    answer = ""
    async with aiohttp.ClientSession() as session:
        async with session.post(
            "https://api.openai.com/v1/workflows/runs",
            headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
            json={
                "workflow_id": os.environ["WORKFLOW_ID"],
                "input": {"message": question},
                "stream": True,
            },
        ) as response:
            if response.status != 200:
                raise RuntimeError(await response.text())
            async for line in response.content:
                line = line.decode().strip()
                if not line or not line.startswith("data:"):
                    continue
                event = json.loads(line[5:])
                if event["event"] == "run.failed":
                    raise RuntimeError(event["error"])
                if event["event"] == "run.completed":
                    answer = event["output"]["message"]
                    break
    return answer
