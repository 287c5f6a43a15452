import OpenAI from 'openai';

const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

export async function plan(message, context) {
  const response = await openai.responses.create({
    workflow: { id: process.env.PLAN_WORKFLOW, version: '4' },
    input: { message, context },
    session_id: context,
    metadata: { of: 'plan' },
  });
  return response.output_text;
}

export async function answer(message) {
  const response = await openai.responses.create({
    workflow: {
      id: process.env.ANSWER_WORKFLOW?.trim(), // of the live one
      version: '7' // the last that was published
    },
    input: message,
    session_id: 'all',
  });
  return response.output_text;
}
