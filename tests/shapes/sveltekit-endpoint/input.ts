import { json } from '@sveltejs/kit';
import { OPENAI_API_KEY, WORKFLOW_ID } from '$env/static/private';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ request, fetch: svelteFetch }) => {
	const { message } = await request.json();

	const res = await fetch(`https://api.openai.com/v1/workflows/${WORKFLOW_ID}/runs`, {
		method: 'POST',
		headers: {
			'Content-Type': 'application/json',
			Authorization: `Bearer ${OPENAI_API_KEY}`,
			'OpenAI-Beta': 'workflows=v1'
		},
		body: JSON.stringify({ input: { message } })
	});

	if (!res.ok) {
		return json({ error: 'workflow failed' }, { status: 502 });
	}

	const data = await res.json();
	return json({ reply: data.output_text ?? data.output?.text ?? '' });
};
