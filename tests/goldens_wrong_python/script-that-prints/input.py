import os
import requests
response = requests.post(
    "https://api.openai.com/v1/responses",
    headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
    json={"model": "gpt-6-luna", "messages": [{"role": "user", "content": "Say hello."}]},
)
result = response.json()
said = result['choices'][0]['message']['content']
print(f"It said {said}.")


def ask(question):
    return said
