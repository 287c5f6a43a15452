const SUBSCRIPTION = process.env.AZURE_SUBSCRIPTION;

export const listRuns = async (group, name, token) => {
  const url = `https://management.azure.com/subscriptions/${SUBSCRIPTION}/resourceGroups/${group}/providers/Microsoft.Logic/workflows/${name}/runs?api-version=2019-05-01`;
  const res = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
  const { value } = await res.json();
  return value;
};
