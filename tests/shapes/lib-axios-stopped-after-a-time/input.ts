import axios from 'axios';

const PATIENCE = 40_000;

export async function summarize(text: string) {
  const { data } = await axios.post(
    'https://api.openai.com/v1/workflows/runs',
    { workflow_id: process.env.WORKFLOW_ID, input: { text } },
    {
      headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
      signal: AbortSignal.timeout(PATIENCE),
    },
  );
  return { summary: String(data.output_text ?? data.output ?? '') };
}
