const axios = require('axios');

async function askWorkflow(question) {
  const response = await axios({
    method: 'post',
    url: 'https://api.openai.com/v1/workflows/runs',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    data: { workflow_id: process.env.WORKFLOW_ID, input: { question } },
    validateStatus: () => true,
  });
  return response.data.output_text || JSON.stringify(response.data);
}

module.exports = { askWorkflow };
