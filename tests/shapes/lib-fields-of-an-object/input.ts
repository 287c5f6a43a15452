export interface Plan {
  title: string;
  tags: string[];
}

export async function plan(topic: string): Promise<Plan> {
  const res = await fetch('https://api.openai.com/v1/workflows/wf_plan/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify({ input: { topic } }),
  });
  if (!res.ok) {
    throw new Error(`workflow failed: ${res.status}`);
  }
  const data = await res.json();
  return {
    title: data.output.headline,
    tags: data.output.tags.map((tag: string) => tag.trim()),
  };
}
