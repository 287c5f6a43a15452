export async function ask(question: string): Promise<string> {
  const response = await fetch('https://api.openai.com/v1/responses', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({
      model: 'gpt-6-luna',
      input: [{ role: 'user', content: [{ type: 'input_text', text: question }] }],
    }),
  });
  if (!response.ok) {
    throw new Error(`OpenAI: ${response.status}`);
  }
  const data = await response.json();
  return responseText(data);
}

// The text of a response: of its messages, or of the final one where phases are marked.
// What is no answer is thrown, and so is an empty one unless `ifEmpty` stands in for it.
function responseText(answered: object | null | undefined, ifEmpty?: string): string {
  const { status, error, incomplete_details: details, output } = (answered ?? {}) as {
    status?: string,
    error?: { message?: string } | null,
    incomplete_details?: { reason?: string } | null,
    output?: {
      type: string,
      phase?: string | null,
      content: { type: string, text?: string, refusal?: string }[]
    }[]
  };
  if (status !== 'completed') {
    const reason = error?.message || details?.reason;
    throw new Error(`Response ${status || 'refused'}: ${reason || 'no reason given'}`);
  }
  let allText = '';
  let finalText = '';
  for (const item of output || []) {
    for (const part of item.type === 'message' ? item.content : []) {
      if (part.type === 'refusal') {
        throw new Error(`The model refused: ${part.refusal}`);
      } else if (part.type === 'output_text') {
        allText += part.text;
        finalText += item.phase === 'final_answer' ? part.text : '';
      }
    }
  }
  const found = finalText || allText;
  if (!found && ifEmpty === undefined) {
    throw new Error('No response received from the model (no text)');
  }
  return found || (ifEmpty ?? '');
}
