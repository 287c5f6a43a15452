const response = await fetch('https://api.openai.com/v1/responses', {
  method: 'POST',
  headers: {
    'Content-Type': 'application/json',
    Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
  },
  body: JSON.stringify({
    model: 'gpt-6-luna',
    messages: [{ role: 'user', content: 'Say hello.' }],
  }),
});
const data = await response.json();
console.log(data.choices[0].message.content);
