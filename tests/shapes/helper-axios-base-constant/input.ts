import axios from 'axios';

const OPENAI_BASE_URL = process.env.OPENAI_BASE_URL ?? 'https://api.openai.com/v1';

export async function runWorkflow(text: string): Promise<string> {
  const { data } = await axios.post(
    `${OPENAI_BASE_URL}/workflows/runs`,
    { workflow_id: process.env.WORKFLOW_ID, input: { message: text } },
    {
      headers: {
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        'OpenAI-Beta': 'workflows=v1',
      },
    },
  );
  return data.output_text;
}
