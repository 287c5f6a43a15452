const axios = require('axios');

axios.defaults.baseURL = 'https://api.openai.com/v1';
axios.defaults.headers.common['Authorization'] = `Bearer ${process.env.OPENAI_API_KEY}`;

// Hands a support ticket to the triage agent and gives its verdict.
async function triage(ticket) {
  const response = await axios.post(`/workflows/${process.env.OPENAI_WORKFLOW_ID || 'wf_triage'}/start`, {
    input: { user_message: ticket },
  });
  console.log(`triage of ${ticket.length} characters`);
  return response.data.output_text || response.data.output;
}

module.exports = { triage };
