import OpenAI from 'openai';

const openai = new OpenAI();

export async function* answer(question: string) {
  // Stream the answer as it is written.
  const stream = await openai.responses.create({
    model: 'gpt-6-luna',
    stream: true,
    input: question,
  });

  for await (const event of answerEvents(stream)) {
    if (event.type === 'response.incomplete') {
      throw new Error(`OpenAI response incomplete: ${event.response.incomplete_details?.reason ?? 'no reason given'}`);
    }
    if (event.type === 'error') {
      throw new Error(event.message);
    }
    if (event.type === 'response.output_text.delta') {
      if (event.delta) {
        yield event.delta;
      }
    } else if (event.type === 'response.failed') {
      throw new Error(event.response.error?.message ?? 'failed');
    }
  }
}

// Gives a response's events without those of commentary; throws a refusal, and where it has no end.
async function* answerEvents<Given>(stream: AsyncIterable<Given>): AsyncGenerator<Given> {
  const comments = new Set();
  let ended = false;
  for await (const event of stream as AsyncIterable<any>) {
    ended = ended || /^(error|response\.(completed|failed|incomplete))$/.test(event.type);
    if (event.type === 'response.output_item.added' && event.item.phase === 'commentary') {
      comments.add(event.output_index);
    }
    if (event.type === 'response.refusal.done') {
      throw new Error(`OpenAI response refused: ${event.refusal}`);
    }
    if (!comments.has(event.output_index)) {
      yield event;
    }
  }
  if (!ended) {
    throw new Error('OpenAI response unfinished: the stream ended');
  }
}
