import json
import os
import time
import urllib.request


def ask(question):
    headers = {
        'Authorization': 'Bearer ' + os.environ['OPENAI_API_KEY'],
        'Content-Type': 'application/json',
        'OpenAI-Beta': 'assistants=v2',
    }
    base = 'https://api.openai.com/v1'
    body = {
        'assistant_id': os.environ['WORKFLOW_ID'],
        'thread': {'messages': [{'role': 'user', 'content': question}]},
    }
    req = urllib.request.Request(
        base + '/threads/runs',
        data=json.dumps(body).encode(),
        headers=headers,
        method='POST',
    )
    with urllib.request.urlopen(req, timeout=30) as resp:
        run = json.loads(resp.read().decode())

    while run['status'] not in ('completed', 'failed', 'cancelled', 'expired'):
        time.sleep(2)
        req = urllib.request.Request(
            base + '/threads/' + run['thread_id'] + '/runs/' + run['id'],
            headers=headers,
        )
        with urllib.request.urlopen(req, timeout=30) as resp:
            run = json.load(resp)

    if run['status'] == 'completed':
        req = urllib.request.Request(
            base + '/threads/' + run['thread_id'] + '/messages', headers=headers
        )
        with urllib.request.urlopen(req, timeout=30) as resp:
            messages = json.loads(resp.read())
        answer = messages['data'][0]['content'][0]['text']['value']
        return answer
    raise RuntimeError('response run ' + run['status'])
