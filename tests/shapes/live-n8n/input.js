import axios from 'axios';

const n8n = axios.create({
  baseURL: 'https://n8n.example.org/api/v1',
  headers: { 'X-N8N-API-KEY': process.env.N8N_KEY },
});

export async function runWorkflow(id, data) {
  const res = await n8n.post(`/workflows/${id}/run`, { data });
  return res.data;
}
