import os

import requests

URL = 'https://api.openai.com/v1/responses'


def response_text(answered, if_empty=None):
    """Give the text of a response: of its messages, the final ones where phases are marked."""
    status = answered.get('status')
    if status != 'completed':
        details = answered.get('error') or answered.get('incomplete_details') or {}
        reason = details.get('message') or details.get('reason') or 'no reason given'
        raise RuntimeError(f'Response {status}: {reason}')
    all_text = final_text = ''
    for item in answered['output']:
        for part in item['content'] if item['type'] == 'message' else []:
            if part['type'] == 'refusal':
                raise RuntimeError('The model refused: ' + part['refusal'])
            if part['type'] == 'output_text':
                all_text += part['text']
                if item.get('phase') == 'final_answer':
                    final_text += part['text']
    found = final_text or all_text
    if not found and if_empty is None:
        raise RuntimeError('No response from the model (no text)')
    return found or if_empty


class Summary:
    def __init__(self, key):
        self.key = key

    def of(self, text):
        response = requests.post(
            URL,
            headers={'Authorization': f'Bearer {self.key}'},
            json={'model': 'gpt-6-luna', 'input': text},
        )
        if response.status_code != 200:
            raise RuntimeError(response.text)
        data = response.json()
        if 'error' in data and data['error']:
            raise RuntimeError(data['error']['message'])
        return response_text(data, '') or 'No summary.'


def ask(question):
    return Summary(os.environ['OPENAI_API_KEY']).of(question)
