const axios = require('axios');

function runWorkflow(key, id, prompt) {
  const url = 'https://api.openai.com/v1/workflows/runs';
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
  return axios
    .request({ method: 'POST', url, headers, data: JSON.stringify({ workflow_id: id, input: prompt }) })
    .then(({ data }) => data.result || data.output_text)
    .catch((error) => {
      throw new Error(error.response ? `workflow ${error.response.status}` : error.message);
    });
}

module.exports = { runWorkflow };
