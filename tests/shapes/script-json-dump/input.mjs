const id = process.env.WORKFLOW_ID;

const res = await fetch(`https://api.openai.com/v1/workflows/${id}/runs`, {
  method: "POST",
  headers: {
    Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    "Content-Type": "application/json",
    "OpenAI-Beta": "workflows=v1",
  },
  body: JSON.stringify({ input: { message: process.argv[2] } }),
});

if (!res.ok) {
  console.error(`${res.status} ${res.statusText}`);
  console.error(await res.text());
  process.exit(1);
}

const run = await res.json();
console.log(JSON.stringify(run, null, 2));
