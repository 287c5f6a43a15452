import OpenAI from 'openai';

const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

export async function ask(question: string, log: (line: string) => void) {
	const thread = await openai.beta.threads.create();
	const threadId = thread.id;
	await openai.beta.threads.messages.create(threadId, { role: 'user', content: question });
	const run = await openai.beta.threads.runs.create(threadId, { assistant_id: 'asst_abc' });
	const runId = run.id;
	log(`run ${runId}`);

	while (true) {
		const current = await openai.beta.threads.runs.retrieve(threadId, runId);

		// Done: hand the answer on.
		if (current.status === 'completed') {
			const { data } = await openai.beta.threads.messages.list(threadId);
			const text = data[0].content[0].type === 'text' ? data[0].content[0].text.value : '';
			return text; // the whole answer
		} else if (current.status === 'failed' || current.status === 'cancelled') {
			throw new Error(`${current.status}: ${current.last_error?.message ?? 'unknown'}`);
		} else {
			await new Promise((r) => setTimeout(r, 1000));
		}
	}
}
