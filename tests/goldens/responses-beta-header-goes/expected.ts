export async function send(config: Config, userMessage: string) {
  // RESPONSES MODE: Use OpenAI Responses API
  // Ask the model in one request
  const response = await fetch('https://api.openai.com/v1/responses', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `Bearer ${config.apiKey}`
    },
    body: JSON.stringify({
      model: 'gpt-6-luna',
      input: userMessage
    })
  });
  const data = await response.json();
  // Responses API format: the answer is the text of the messages among the output items
  if (data.status !== 'completed') {
    const reason = data.error?.message || data.incomplete_details?.reason;
    throw new Error(`Response ${data.status || 'refused'}: ${reason || 'no reason given'}`);
  }
  let allText = '';
  let finalText = '';
  for (const item of data.output) {
    for (const part of item.type === 'message' ? item.content : []) {
      if (part.type === 'refusal') {
        throw new Error(`The model refused: ${part.refusal}`);
      } else if (part.type === 'output_text') {
        allText += part.text;
        finalText += item.phase === 'final_answer' ? part.text : '';
      }
    }
  }
  const text = finalText || allText;

  if (!text) {
    console.error('[Responses API] Response:', data);
    throw new Error('No response received from the model (no text)');
  }
  return text;
}
