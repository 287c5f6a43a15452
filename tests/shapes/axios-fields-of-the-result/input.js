import axios from 'axios';

export async function draft(message) {
  const { data } = await axios.post(
    'https://api.openai.com/v1/workflows/wf_mail/runs',
    { input: { message } },
    { headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` } },
  );
  const { subject, cc } = data.result;
  return { subject, to: cc.join(', ') };
}
