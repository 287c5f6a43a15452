const { execSync } = require('child_process');

const out = execSync(
  `curl -s https://api.openai.com/v1/workflows/runs -H "Authorization: Bearer $OPENAI_API_KEY" -d '{"workflow_id":"wf_123"}'`,
);
console.log(out.toString());
