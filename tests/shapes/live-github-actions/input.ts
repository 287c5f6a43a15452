const api = 'https://api.github.com';
const headers = { Authorization: `Bearer ${process.env.GITHUB_TOKEN}`, Accept: 'application/vnd.github+json' };

export async function latestRun(owner: string, repo: string, workflow: string) {
  await fetch(`${api}/repos/${owner}/${repo}/actions/workflows/${workflow}/dispatches`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ ref: 'main' }),
  });
  const res = await fetch(`${api}/repos/${owner}/${repo}/actions/workflows/${workflow}/runs?per_page=1`, { headers });
  const { workflow_runs: runs } = await res.json();
  return runs[0];
}
