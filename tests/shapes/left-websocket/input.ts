import WebSocket from 'ws';

export function connect(workflowId: string) {
  const socket = new WebSocket(`wss://api.openai.com/v1/workflows/${workflowId}/runs`, {
    headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
  });
  socket.on('open', () => socket.send(JSON.stringify({ type: 'run.start' })));
  return socket;
}
