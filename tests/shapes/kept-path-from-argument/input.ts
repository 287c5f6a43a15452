const HOST = 'https://api.openai.com';

export const ENDPOINTS = {
  workflow: (id: string) => `/v1/workflows/${id}/runs`,
};

export async function call(path: string, body: unknown) {
  const res = await fetch(HOST + path, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body: JSON.stringify(body),
  });
  return res.json();
}
