import OpenAI from 'openai';

const openai = new OpenAI();

async function main() {
  const result = await openai.workflows.invoke('wf_123', {
    input: { message: process.argv[2] },
  });
  console.log(result.output_text);
}

main().catch((error) => {
  console.error('Failed:', error.message);
  process.exitCode = 1;
});
