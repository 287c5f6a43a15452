#!/usr/bin/env node
'use strict';
const response = await fetch('https://api.openai.com/v1/workflows/runs', {
  method: 'POST',
  headers: {
    'Content-Type': 'application/json',
    'Authorization': `Bearer ${process.env.OPENAI_API_KEY}`
  },
  body: JSON.stringify({
    workflow_id: process.env.WORKFLOW_ID,
    input: {
      message: process.argv[2]
    }
  })
});
const data = await response.json();
let text = data.output?.message || data.output || '';
process.stdout.write(text);
