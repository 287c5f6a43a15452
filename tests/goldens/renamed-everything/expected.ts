const ask = async (opts: Options, turns: Turn[], said: string) => {
  let r;
  let out = '';
  if (opts.mode === 'flow') {
    // ASSISTANTS MODE: Use OpenAI Assistants API
    // Build thread messages with conversation history
    const threadMessages = [
      ...turns.map(turn => ({ role: turn.mine ? 'user' : 'assistant', content: turn.words })),
      {
        role: 'user' as const,
        content: `Q: ${said}`
      }
    ];

    console.log('[Assistants API] Creating thread and running assistant:', opts.flow);

    // Create thread and run assistant in one request
    r = await fetch('https://api.openai.com/v1/threads/runs', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Authorization': 'Bearer ' + opts.secret,
        'OpenAI-Beta': 'assistants=v2'
      },
      body: JSON.stringify({
        assistant_id: opts.flow,
        thread: {
          messages: threadMessages
        }
      })
    });
  } else {
    r = await chat(turns, said);
  }
  const json = await r.json();
  if (opts.mode === 'flow') {
    // Assistants API response format
    // The response is a Run object - we need to poll until it completes
    // For now, extract the message from the completed run
    const runId = json.id;
    const threadId = json.thread_id;
    const status = json.status;

    console.log('[Assistants API] Run created:', { runId, threadId, status });

    // Poll for completion
    let pollAttempts = 0;
    const maxAttempts = 30; // 30 seconds max

    while (pollAttempts < maxAttempts) {
      await new Promise(resolve => setTimeout(resolve, 1000)); // Wait 1 second

      const statusResponse = await fetch(`https://api.openai.com/v1/threads/${threadId}/runs/${runId}`, {
        headers: {
          'Authorization': 'Bearer ' + opts.secret,
          'OpenAI-Beta': 'assistants=v2'
        }
      });

      const statusData = await statusResponse.json();
      console.log('[Assistants API] Run status:', statusData.status);

      if (statusData.status === 'completed') {
        // Get messages from thread
        const messagesResponse = await fetch(`https://api.openai.com/v1/threads/${threadId}/messages`, {
          headers: {
            'Authorization': 'Bearer ' + opts.secret,
            'OpenAI-Beta': 'assistants=v2'
          }
        });

        const messagesData = await messagesResponse.json();
        const latestMessage = messagesData.data[0]; // First message is the latest
        out = latestMessage.content[0].text.value;
        break;
      } else if (statusData.status === 'failed' || statusData.status === 'cancelled') {
        throw new Error(`Assistant run ${statusData.status}: ${statusData.last_error?.message || 'Unknown error'}`);
      }

      pollAttempts++;
    }

    if (!out) {
      throw new Error('nothing');
    }
  } else {
    out = json.choices[0].message.content;
  }
  return out;
};
