export async function reply(message) {
  try {
    const { output_text, output } = await $fetch('https://api.openai.com/v1/workflows/runs', {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        'OpenAI-Beta': 'workflows=v1',
      },
      body: { workflow_id: process.env.WORKFLOW_ID, input: { message } },
    });
    return { said: output_text || output?.text };
  } catch (error) {
    return { said: `Failed with ${error.statusCode ?? 'no status'}` };
  }
}
