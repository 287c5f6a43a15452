import OpenAI from 'openai'
const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY })

export async function ask(question, options = {}) {
  const thread = await openai.beta.threads.create()
  await openai.beta.threads.messages.create(thread.id, { role: 'user', content: [{ type: 'text', text: question }] })
  let run = await openai.beta.threads.runs.create(thread.id, { assistant_id: options.id ?? 'asst_abc' })
  while (['queued', 'in_progress', 'cancelling'].includes(run.status)) {
    await new Promise(resolve => setTimeout(resolve, 1000)); // Wait for 1 second
    run = await openai.beta.threads.runs.retrieve(run.thread_id, run.id);
  }
  if (run.status === 'completed') {
    const list = await openai.beta.threads.messages.list(run.thread_id);
    const last = list.data.filter(m => m.run_id === run.id && m.role === 'assistant').pop();
    if (last) return last.content[0]['text'].value.replace(/【.*?】/g, '');
  } else {
    console.log(run.status);
  }
}
