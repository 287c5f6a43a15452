import axios from 'axios';

const WORKFLOW = process.env.WORKFLOW_ID;

export async function ask(question) {
  const urls = [
    `https://api.openai.com/v1/workflows/${WORKFLOW}/invoke`,
    `https://api.openai.com/v1/workflows/${WORKFLOW}/runs`,
  ];
  let last;
  for (const [number, url] of urls.entries()) {
    try {
      const { data } = await axios.post(
        url,
        { input_as_text: question },
        { headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'OpenAI-Beta': 'workflows=v1' } }
      );
      return data.output_text;
    } catch (error) {
      last = new Error(`attempt ${number + 1} of ${urls.length}: ${error.message}`);
    }
  }
  throw last;
}
