const axios = require('axios');

function runWorkflow(key, id, prompt) {
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
  return workflowAnswer(axios
    .request({ method: 'POST', url: 'https://api.openai.com/v1/responses', headers, data: JSON.stringify({ model: 'gpt-6-luna', input: typeof prompt === 'string' ? prompt : JSON.stringify(prompt) }) }))
    .then(({ data }) => data.result || data.output_text)
    .catch((error) => {
      throw new Error(error.response ? `workflow ${error.response.status}` : error.message);
    });
}

module.exports = { runWorkflow };

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked) {
  const live = await asked;
  const answered = live.data;
  let text = '';
  let finalText = '';
  let refusal = '';
  for (const item of answered.output || []) {
    for (const part of item.type === 'message' ? item.content : []) {
      refusal += part.refusal || '';
      text += part.type === 'output_text' ? part.text : '';
      finalText += part.type === 'output_text' && item.phase === 'final_answer' ? part.text : '';
    }
  }
  text = finalText || text;
  if (answered.status !== 'completed' || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    const message = `Response ${answered.status}: ${reason || 'no text'}`;
    const error = { message, type: 'api_error', param: null, code: answered.error?.code || null };
    const response = { ...live, status: 502, statusText: 'Bad Gateway', data: { error } };
    throw Object.assign(new Error(message), { isAxiosError: true, response });
  }
  return { ...live, data: { output_text: text, result: text, id: answered.id, status: 'completed' } };
}
