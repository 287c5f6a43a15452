interface Review {
  text: string;
  origin: { card: string; attempt: number };
}

export async function review({ text, origin }: Review, attempt: number): Promise<string> {
  const response = await fetch(
    `https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID}/runs`,
    {
      method: "POST",
      headers: {
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        "Content-Type": "application/json",
      },
      body: JSON.stringify({
        input: { text },
        metadata: {
          channel: "board",
          origin,
          attempt,
          startedAt: Date.now(),
          limits: {
            // of the words
            words: 40,
          },
        },
      }),
    },
  );
  if (!response.ok) {
    throw new Error(`not reviewed: ${response.status}`);
  }
  const run = await response.json();
  return run.output_text ?? "";
}
