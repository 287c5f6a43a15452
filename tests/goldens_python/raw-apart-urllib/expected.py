import json
import os
import time
import typing
import urllib.request

KEY = os.environ['OPENAI_API_KEY']
ROOT = 'https://api.openai.com/v1'


def headers():
    return {
        'Authorization': 'Bearer ' + KEY,
        'Content-Type': 'application/json',
    }


def new_thread():
    sent = json.dumps({}).encode()
    request = urllib.request.Request(
        ROOT + '/conversations',
        data=sent,
        headers=headers(),
        method='POST',
    )
    with urllib.request.urlopen(request) as response:
        return json.loads(response.read())['id']


def say(thread, text):
    body = {'items': [{'type': 'message', 'role': 'user', 'content': text}]}
    sent = json.dumps(body).encode()
    request = urllib.request.Request(
        f'{ROOT}/conversations/{thread}/items',
        data=sent,
        headers=headers(),
        method='POST',
    )
    urllib.request.urlopen(request).close()


def run_of(answer: typing.Any) -> typing.Any:
    """Give a Response as the run that this file waits for."""
    if 'status' not in answer:
        return answer  # an error of the API
    status = answer['status']
    details = answer.get('error') or answer.get('incomplete_details') or {}
    run = {key: value for key, value in answer.items() if key != 'error'}
    run['thread_id'] = (answer.get('conversation') or {}).get('id')
    if status in ('failed', 'cancelled', 'incomplete'):
        reason = details.get('message') or details.get('reason')
        raise RuntimeError(f'Response {status}: {reason}')
    if status == 'completed':
        output = answer['output']
        items = [item for item in output if item['type'] == 'message']
        parts = [part for item in items for part in item['content']]
        refused = [part for part in parts if part['type'] == 'refusal']
        if refused:
            raise RuntimeError('The model refused: ' + refused[0]['refusal'])
        if not any(part.get('text') for part in parts):
            raise RuntimeError('No response from the model (no text)')
    return {**run, 'last_error': None}


def run(thread):
    body = {'model': 'gpt-6-luna', 'conversation': thread, 'input': []}
    sent = json.dumps(body).encode()
    request = urllib.request.Request(
        ROOT + '/responses', data=sent, headers=headers(), method='POST'
    )
    with urllib.request.urlopen(request) as response:
        started = run_of(json.loads(response.read()))
    while started['status'] in ('queued', 'in_progress'):
        time.sleep(1)
        url = f'{ROOT}/responses/{started["id"]}'
        request = urllib.request.Request(url, headers=headers())
        with urllib.request.urlopen(request) as response:
            started = run_of(json.load(response))
    return started['status'] == 'completed'


def messages_of(answer: typing.Any) -> typing.Any:
    """Give a conversation's items as the messages that this file reads."""
    items = answer.get('data')
    if items is None:
        return answer  # an error of the API
    messages: list[typing.Any] = []
    for item in items:
        if item['type'] != 'message' or item.get('phase') == 'commentary':
            continue
        text = ''.join(part.get('text', '') for part in item['content'])
        if messages and item['role'] == messages[-1]['role'] == 'assistant':
            # one answer in several messages
            parts = messages.pop()['content']
            other = ''.join(part['text']['value'] for part in parts)
            text = text + other
        content = [{'type': 'text', 'text': {'value': text}}] if text else []
        messages.append({**item, 'content': content})
    return {**answer, 'data': messages}


def last(thread):
    request = urllib.request.Request(
        f'{ROOT}/conversations/{thread}/items',
        headers=headers(),
    )
    with urllib.request.urlopen(request) as response:
        page = messages_of(json.load(response))
    return page['data'][0]['content'][0]['text']['value']


def ask(question):
    thread = new_thread()
    say(thread, question)
    if not run(thread):
        raise RuntimeError('no response')
    return last(thread)
