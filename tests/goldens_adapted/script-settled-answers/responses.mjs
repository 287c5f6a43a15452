const { OPENAI_API_KEY, WORKFLOW_ID } = process.env;

const ask = (question) =>
  workflowAnswer(fetch('https://api.openai.com/v1/responses', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${OPENAI_API_KEY}` },
    body: JSON.stringify({ model: 'gpt-6-luna', input: question }),
  })).then((answer) => {
    if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
    return answer.json();
  });

const questions = process.argv.slice(2);
const settled = await Promise.allSettled(questions.map((question) => ask(question)));

settled.forEach((each, index) => {
  if (each.status === 'fulfilled') {
    console.log(`${questions[index]} ${each.value.output.text}`);
  } else {
    console.error(`${questions[index]} ${each.reason.message}`);
  }
});

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked) {
  const live = await asked;
  if (!live.ok) {
    return live;
  }
  const answered = await live.json();
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
  const headers = { 'Content-Type': 'application/json' };
  if (answered.status !== 'completed' || refusal || !text) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    const message = `Response ${answered.status}: ${reason || 'no text'}`;
    const error = { message, type: 'api_error', param: null, code: answered.error?.code || null };
    return new Response(JSON.stringify({ error }), { status: 502, statusText: 'Bad Gateway', headers });
  }
  const body = JSON.stringify({ output_text: text, output: { text }, id: answered.id, status: 'completed' });
  return new Response(body, { status: live.status, headers });
}
