const headers = {
  'Content-Type': 'application/json',
  'Authorization': 'Bearer ' + process.env.OPENAI_API_KEY,
};

export function ask(question) {
  return fetch('https://api.openai.com/v1/responses', {
    method: 'POST',
    headers,
    body: JSON.stringify({ model: 'gpt-6-luna', messages: [{ role: 'user', content: question }] }),
  })
    .then((response) => response.json())
    .then((data) => data.choices[0].message.content);
}
