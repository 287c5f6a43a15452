const url = 'https://api.openai.com/v1/responses';

export async function run(apiKey: string, threadId: string, text: string) {
  const body = { input: text, workflow_id: 'wf_123', thread_id: threadId, assistant_id: 'asst_abc' };
  const response = await fetch(url, {
    method: 'POST',
    headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) {
    throw new Error(await response.text());
  }
  const data = await response.json();
  let answer = '';
  for (const item of data.output) {
    for (const part of item.content ?? []) {
      answer += part.text ?? '';
    }
  }
  return answer;
}
