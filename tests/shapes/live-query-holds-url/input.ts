export async function isAllowed(user: string): Promise<boolean> {
  const target = encodeURIComponent('https://example.com/workflows/runs');
  const res = await fetch(`https://policy.example.com/check?user=${user}&target=${target}`);
  const { allowed } = await res.json();
  return allowed === true;
}
