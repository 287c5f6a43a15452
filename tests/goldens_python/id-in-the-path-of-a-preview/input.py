import os

import httpx

BASE_URL = "https://api.openai.com/v1"


async def ask(question):
    workflow_id = os.environ["WORKFLOW_ID"]
    url = BASE_URL + "/workflows/" + workflow_id + "/run"
    body = {
        "input_data": {
            "input": [{"role": "user", "content": [{"type": "input_text", "text": question}]}]
        },
        "state_values": [],
        "session": True,
        "stream": False,
    }
    async with httpx.AsyncClient() as client:
        response = await client.post(
            url,
            headers={
                "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
                "OpenAI-Beta": "workflows=v1",
            },
            json=body,
        )
        result = response.json()
        return result["output"]["text"]
