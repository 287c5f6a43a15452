const base = "https://api.openai.com/v1/workflows/wf_123/runs";
const auth = {
  Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
  "OpenAI-Beta": "workflows=v1",
};

async function main(): Promise<void> {
  const started = await fetch(base, {
    method: "POST",
    headers: { ...auth, "Content-Type": "application/json" },
    body: JSON.stringify({ input: { message: process.argv[2] } }),
  });
  if (!started.ok) throw new Error(`could not start: ${started.status}`);
  const { id } = await started.json();

  for (let i = 0; i < 60; i += 1) {
    const res = await fetch(`${base}/${id}`, { headers: auth });
    const run = await res.json();
    if (run.status === "completed") {
      console.log(run.output.text);
      return;
    }
    if (run.status === "failed") throw new Error("the run failed");
    process.stdout.write(".");
    await new Promise((r) => setTimeout(r, 1000));
  }
  throw new Error("timed out");
}

main().catch((e) => {
  console.error(e.message);
  process.exit(1);
});
