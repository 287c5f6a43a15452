import { fail } from '@sveltejs/kit';
import { OPENAI_API_KEY, WORKFLOW_ID } from '$env/static/private';

/** @satisfies {import('./$types').Actions} */
export const actions = {
  ask: async (event) => {
    const form = await event.request.json();
    const response = await event.fetch(`https://api.openai.com/v1/workflows/${WORKFLOW_ID}/runs`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${OPENAI_API_KEY}` },
      body: JSON.stringify({ input: form.text }),
    });
    const text = await response.text();
    if (!response.ok) {
      return fail(502, { message: 'No answer' });
    }
    const data = JSON.parse(text);
    return { reply: data.output_text || data.output?.text || '' };
  },
};
