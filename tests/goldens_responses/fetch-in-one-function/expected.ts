const BASE_URL = 'https://api.openai.com/v1';

export async function ask(question: string): Promise<string> {
  const headers = {
    Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    'Content-Type': 'application/json',
  };

  // 1. Create a thread

  // 2. Add the question

  // 3. Run the assistant
  const runRes = await fetch(`${BASE_URL}/responses`, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      model: 'gpt-6-luna',
      instructions: 'Be brief.',
      input: question,
    }),
  });
  if (!runRes.ok) {
    throw new Error(`Run: ${runRes.status} ${await runRes.text()}`);
  }
  const response = await runRes.json();

  // 4. Wait
  if (response.status === 'failed') {
    throw new Error(`Run failed: ${response.error?.message}`);
  }

  // 5. Read the answer
  if (response.status !== 'completed') {
    throw new Error(`OpenAI response ${response.status}: ${response.error?.message ?? response.incomplete_details?.reason ?? 'no reason given'}`);
  }
  let answerText = '';
  let finalText = '';
  for (const item of response.output) {
    for (const part of item.type === 'message' ? item.content : []) {
      if (part.type === 'refusal') {
        throw new Error(`The model refused: ${part.refusal}`);
      } else if (part.type === 'output_text') {
        answerText += part.text;
        finalText += item.phase === 'final_answer' ? part.text : '';
      }
    }
  }
  answerText = finalText || answerText;
  if (!answerText) {
    throw new Error('OpenAI response has no text');
  }
  return answerText;
}
