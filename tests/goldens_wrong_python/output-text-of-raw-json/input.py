import os

import requests

URL = 'https://api.openai.com/v1/responses'


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
        return data.get('output_text') or data.get('choices', [{}])[0].get('message', {}).get('content', '') or 'No summary.'


def ask(question):
    return Summary(os.environ['OPENAI_API_KEY']).of(question)
