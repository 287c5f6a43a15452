const ask = async (opts: Options, turns: Turn[], said: string) => {
  let r;
  let out = '';
  if (opts.mode === 'flow') {
    const said2 = `Q: ${said}`;
    const before = turns.map(turn => ({ role: turn.mine ? 'user' : 'assistant', content: turn.words }));
    r = await fetch('https://api.openai.com/v1/workflows/runs', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Authorization': 'Bearer ' + opts.secret
      },
      body: JSON.stringify({
        workflow_id: opts.flow,
        input: {
          message: said2,
          conversation_history: before
        }
      })
    });
  } else {
    r = await chat(turns, said);
  }
  const json = await r.json();
  if (opts.mode === 'flow') {
    out = json.output?.message || json.output || '';
    if (!out) {
      throw new Error('nothing');
    }
  } else {
    out = json.choices[0].message.content;
  }
  return out;
};
