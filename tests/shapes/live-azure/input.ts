const endpoint = 'https://contoso.openai.azure.com';

export async function run(workflowId: string, message: string) {
  const res = await fetch(`${endpoint}/openai/v1/workflows/${workflowId}/runs?api-version=preview`, {
    method: 'POST',
    headers: { 'api-key': process.env.AZURE_KEY!, 'Content-Type': 'application/json' },
    body: JSON.stringify({ input: { message } }),
  });
  return res.json();
}
