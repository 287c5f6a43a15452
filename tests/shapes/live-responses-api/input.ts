export async function runs(workflow: { instructions: string }, message: string) {
  const res = await fetch('https://api.openai.com/v1/responses', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({ model: 'gpt-5', instructions: workflow.instructions, input: message }),
  });
  const data = await res.json();
  return data.output
    .filter((item: any) => item.type === 'message')
    .flatMap((item: any) => item.content)
    .map((part: any) => part.text)
    .join('');
}
