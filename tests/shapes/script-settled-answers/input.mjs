const { OPENAI_API_KEY, WORKFLOW_ID } = process.env;

const ask = (question) =>
  fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${OPENAI_API_KEY}` },
    body: JSON.stringify({ workflow_id: WORKFLOW_ID, input: { question } }),
  }).then((answer) => {
    if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
    return answer.json();
  });

const questions = process.argv.slice(2);
const settled = await Promise.allSettled(questions.map((question) => ask(question)));

settled.forEach((each, index) => {
  if (each.status === 'fulfilled') {
    console.log(`${questions[index]} ${each.value.output.text}`);
  } else {
    console.error(`${questions[index]} ${each.reason.message}`);
  }
});
