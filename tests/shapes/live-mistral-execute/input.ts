export async function execute(name: string, input: unknown) {
  const res = await fetch(`https://api.mistral.ai/v1/workflows/${name}/execute`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.MISTRAL_API_KEY}`,
    },
    body: JSON.stringify({ input }),
  });
  if (!res.ok) throw new Error(`mistral ${res.status}`);
  return res.json();
}
