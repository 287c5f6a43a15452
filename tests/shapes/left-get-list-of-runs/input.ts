export async function recentRuns(id: string) {
  const res = await fetch(`https://api.openai.com/v1/workflows/${id}/runs?limit=20`, {
    headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
  });
  const { data } = await res.json();
  return data.map((run: any) => ({ id: run.id, status: run.status }));
}
