export async function describeWorkflow(id: string) {
  const res = await fetch(`https://api.openai.com/v1/workflows/${id}`, {
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'OpenAI-Beta': 'workflows=v1',
    },
  });
  if (!res.ok) throw new Error(`workflow ${id}: ${res.status}`);
  const { name, version, nodes } = await res.json();
  return { name, version, size: nodes?.length ?? 0 };
}
