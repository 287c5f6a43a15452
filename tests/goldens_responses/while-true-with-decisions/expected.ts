import OpenAI from 'openai';

const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

export async function ask(question: string, log: (line: string) => void) {
	const response = await openai.responses.create({
		model: 'gpt-6-luna',
		input: question
	});
	const runId = response.id;
	log(`run ${runId}`);

	// Done: hand the answer on.
	if (response.status === 'completed') {
		const text = response.output_text;
		return text; // the whole answer
	} else if (response.status === 'failed' || response.status === 'cancelled') {
		throw new Error(`${response.status}: ${response.error?.message ?? 'unknown'}`);
	}
	throw new Error(`OpenAI response ${response.status}: ${response.error?.message ?? response.incomplete_details?.reason ?? 'no reason given'}`);
}
