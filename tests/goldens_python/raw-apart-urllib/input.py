import json
import os
import time
import urllib.request

KEY = os.environ['OPENAI_API_KEY']
ROOT = 'https://api.openai.com/v1'


def headers():
    return {
        'Authorization': 'Bearer ' + KEY,
        'Content-Type': 'application/json',
        'OpenAI-Beta': 'assistants=v2',
    }


def new_thread():
    sent = json.dumps({}).encode()
    request = urllib.request.Request(ROOT + '/threads', data=sent, headers=headers(), method='POST')
    with urllib.request.urlopen(request) as response:
        return json.loads(response.read())['id']


def say(thread, text):
    body = {'role': 'user', 'content': text}
    sent = json.dumps(body).encode()
    request = urllib.request.Request(
        ROOT + '/threads/' + thread + '/messages', data=sent, headers=headers(), method='POST'
    )
    urllib.request.urlopen(request).close()


def run(thread):
    body = {'assistant_id': os.environ['WORKFLOW_ID']}
    sent = json.dumps(body).encode()
    request = urllib.request.Request(
        ROOT + '/threads/' + thread + '/runs', data=sent, headers=headers(), method='POST'
    )
    with urllib.request.urlopen(request) as response:
        started = json.loads(response.read())
    while started['status'] in ('queued', 'in_progress'):
        time.sleep(1)
        url = ROOT + '/threads/' + thread + '/runs/' + started['id']
        request = urllib.request.Request(url, headers=headers())
        with urllib.request.urlopen(request) as response:
            started = json.load(response)
    return started['status'] == 'completed'


def last(thread):
    request = urllib.request.Request(ROOT + '/threads/' + thread + '/messages', headers=headers())
    with urllib.request.urlopen(request) as response:
        page = json.load(response)
    return page['data'][0]['content'][0]['text']['value']


def ask(question):
    thread = new_thread()
    say(thread, question)
    if not run(thread):
        raise RuntimeError('no response')
    return last(thread)
