const https = require('https');

function ask(message, done) {
  const body = JSON.stringify({ workflow_id: process.env.WORKFLOW_ID, input: { message } });
  const req = https.request(
    {
      hostname: 'api.openai.com',
      path: '/v1/workflows/runs',
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body),
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      },
    },
    (res) => {
      let data = '';
      res.on('data', (chunk) => (data += chunk));
      res.on('end', () => done(null, JSON.parse(data).output.message));
    },
  );
  req.on('error', done);
  req.end(body);
}

module.exports = { ask };
