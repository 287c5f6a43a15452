import { error, json } from '@sveltejs/kit';
import { env } from '$env/dynamic/private';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ request, fetch, locals }) => {
	const { question } = await request.json();

	const res = await fetch('https://api.openai.com/v1/workflows/runs', {
		method: 'POST',
		headers: {
			'Content-Type': 'application/json',
			Authorization: `Bearer ${env.OPENAI_API_KEY}`
		},
		body: JSON.stringify({
			workflow_id: env.WORKFLOW_ID,
			input: { message: question }
		})
	});

	if (!res.ok) {
		throw error(502, 'the workflow failed');
	}

	const run = await res.json();
	return json({ answer: run.output_text, user: locals.user ?? null });
};
