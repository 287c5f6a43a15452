import json
import os
import urllib.request


def ask(question):
    headers = {
        'Authorization': 'Bearer ' + os.environ['OPENAI_API_KEY'],
        'Content-Type': 'application/json',
    }
    base = 'https://api.openai.com/v1'
    body = {
        'model': 'gpt-6-luna',
        'input': question,
    }
    req = urllib.request.Request(
        base + '/responses',
        data=json.dumps(body).encode(),
        headers=headers,
        method='POST',
    )
    with urllib.request.urlopen(req, timeout=30) as resp:
        run = json.loads(resp.read().decode())

    if run['status'] == 'completed':
        all_text = final_text = ''
        for item in run['output']:
            if item['type'] != 'message':
                continue
            for part in item['content']:
                if part['type'] == 'refusal':
                    refusal = part['refusal']
                    raise RuntimeError(f'The model refused: {refusal}')
                if part['type'] == 'output_text':
                    all_text += part['text']
                    if item.get('phase') == 'final_answer':
                        final_text += part['text']
        answer = final_text or all_text

        if not answer:
            raise RuntimeError('No response from the model (no text)')

        return answer
    raise RuntimeError('response run ' + run['status'])
