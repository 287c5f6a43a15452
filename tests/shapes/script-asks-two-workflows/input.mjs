const KEY = process.env.OPENAI_API_KEY;
const WORKFLOWS = [
  { name: "pro", id: process.env.WORKFLOW_ID },
  { name: "contra", id: process.env.WORKFLOW_ID },
];

async function main() {
  const question = process.argv[2];
  const told = await Promise.all(
    WORKFLOWS.map(async (workflow) => {
      const res = await fetch(`https://api.openai.com/v1/workflows/${workflow.id}/runs`, {
        method: "POST",
        headers: { Authorization: `Bearer ${KEY}`, "Content-Type": "application/json" },
        body: JSON.stringify({ input: { question } }),
      });
      const text = await res.text();
      if (!res.ok) throw new Error(`${workflow.name}: ${res.status} ${text}`);
      const run = JSON.parse(text);
      return `${workflow.name}: ${run.output_text ?? run.output?.text ?? ""}`;
    }),
  );
  console.log(told.join("\n"));
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
