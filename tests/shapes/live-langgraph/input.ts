const LANGGRAPH_URL = 'https://my-agent.us.langgraph.app';

export async function runGraph(assistantId: string, question: string) {
  const res = await fetch(`${LANGGRAPH_URL}/runs/wait`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'x-api-key': process.env.LANGSMITH_KEY! },
    body: JSON.stringify({
      assistant_id: assistantId,
      input: { messages: [{ role: 'user', content: question }] },
    }),
  });
  const state = await res.json();
  return state.messages.at(-1).content;
}
