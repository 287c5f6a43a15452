import axios from 'axios';

const api = axios.create({
  baseURL: 'https://backend.example.com',
  headers: { 'X-Client': 'web' },
});

export async function startRun(workflowId: string, inputs: Record<string, string>) {
  const { data } = await api.post(`/v1/workflows/${workflowId}/runs`, { inputs });
  return data.run_id as string;
}
