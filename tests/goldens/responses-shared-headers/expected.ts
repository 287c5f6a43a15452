export async function send(config: Config, useWorkflow: boolean, userMessage: string) {
  const headers = {
    'Content-Type': 'application/json',
    Authorization: `Bearer ${config.apiKey}`
  };
  let response: Response;
  let assistantMessage = '';
  if (useWorkflow) {
    // RESPONSES MODE: Use OpenAI Responses API
    // Ask the model in one request
    response = await fetch('https://api.openai.com/v1/responses', {
      method: 'POST',
      headers,
      body: JSON.stringify({
        model: config.model,
        input: userMessage
      })
    });
  } else {
    response = await fetch('https://api.openai.com/v1/chat/completions', {
      method: 'POST',
      headers: headers,
      body: JSON.stringify({ model: config.model, messages: [{ role: 'user', content: userMessage }] })
    });
  }
  const data = await response.json();
  if (useWorkflow) {
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
    assistantMessage = finalText || allText;

    if (!assistantMessage) {
      console.error('[Responses API] Response:', data);
      throw new Error('No response received from the model (no text)');
    }
  } else {
    assistantMessage = data.choices[0].message.content;
  }
  return assistantMessage;
}
