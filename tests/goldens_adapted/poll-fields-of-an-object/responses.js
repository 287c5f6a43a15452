const headers = {
  'Content-Type': 'application/json',
  Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
};

export async function judge(message) {
  const started = await workflowAnswer(fetch('https://api.openai.com/v1/responses', {
    method: 'POST',
    headers,
    body: JSON.stringify({ model: 'gpt-6-luna', input: message }),
  }));
  if (!started.ok) throw new Error(`start: ${started.status}`);
  let run = await started.json();
  while (run.status === 'queued' || run.status === 'in_progress') {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const polled = await workflowAnswer(fetch(`https://api.openai.com/v1/responses/${run.id}`, { headers }));
    if (!polled.ok) throw new Error(`poll: ${polled.status}`);
    run = await polled.json();
  }
  if (run.status !== 'completed') throw new Error(`run ${run.status}`);
  return { title: run.output.title, passed: run.output.score > 2 };
}

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
  const headers2 = { 'Content-Type': 'application/json' };
  let fields = null;
  try {
    const parsed = JSON.parse(text.replace(/^\s*```\w*|```\s*$/g, ''));
    if (parsed instanceof Object && !Array.isArray(parsed)) {
      fields = parsed;
    }
  } catch {
    // What is no JSON is no object either.
  }
  if (answered.status !== 'completed' || refusal || !fields) {
    const reason = answered.error?.message || answered.incomplete_details?.reason || refusal;
    const message = `Response ${answered.status}: ${reason || (text ? 'no JSON object' : 'no text')}`;
    const error = { message, type: 'api_error', param: null, code: answered.error?.code || null };
    return new Response(JSON.stringify({ error }), { status: 502, headers: headers2 });
  }
  const body = JSON.stringify({ output_text: text, output: fields, id: answered.id, status: 'completed' });
  return new Response(body, { status: live.status, headers: headers2 });
}
