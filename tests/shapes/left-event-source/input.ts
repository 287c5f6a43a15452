export function listen(runId: string, onText: (text: string) => void) {
  const source = new EventSource(`https://api.openai.com/v1/workflows/runs/${runId}/events`);
  source.onmessage = (event) => onText(JSON.parse(event.data).delta);
  return () => source.close();
}
