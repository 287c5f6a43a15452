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
