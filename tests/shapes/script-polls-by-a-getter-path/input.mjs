const KEY = process.env.OPENAI_API_KEY;
const BASE = "https://api.openai.com/v1";

// What a GET gives as JSON.
async function getJson(path) {
  const res = await fetch(`${BASE}${path}`, { headers: { Authorization: `Bearer ${KEY}` } });
  if (!res.ok) {
    throw new Error(`GET ${res.status}: ${await res.text()}`);
  }
  return res.json();
}

export async function ask(question) {
  const res = await fetch(`${BASE}/workflows/${process.env.OPENAI_WORKFLOW_ID}/runs`, {
    method: "POST",
    headers: { Authorization: `Bearer ${KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify({ input: { input_as_text: question } }),
  });
  if (!res.ok) {
    throw new Error(`POST ${res.status}: ${await res.text()}`);
  }
  let run = await res.json();
  for (let left = 40; left > 0 && run.status !== "completed" && run.status !== "failed"; left -= 1) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    run = await getJson(`/workflows/runs/${run.id}`);
  }
  if (run.status !== "completed") {
    throw new Error(`run ${run.status}`);
  }
  return run.output_text || run.output?.text || "";
}
