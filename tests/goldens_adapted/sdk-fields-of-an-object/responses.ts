import OpenAI from 'openai';

const client = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

export async function trip(message: string) {
  const run = await workflowAnswer((client as any).responses.create({
    model: 'gpt-6-luna',
    input: message,
  }));
  return { city: run.output.city, days: run.output.days.length };
}

// Waits for a Responses API answer and gives its text in the shape that this file reads.
async function workflowAnswer(asked: PromiseLike<any>): Promise<any> {
  const answered = await asked;
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
  let fields: object | null = null;
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
    throw new Error(`Response ${answered.status}: ${reason || (text ? 'no JSON object' : 'no text')}`);
  }
  return { output_text: text, output: fields, id: answered.id, status: 'completed' };
}
