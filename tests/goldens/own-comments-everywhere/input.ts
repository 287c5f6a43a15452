// file: send.ts
export async function send(config: Config, useWorkflow: boolean, messages: Message[], userMessage: string) {
  let response: Response; // whichever answers
  let assistantMessage = '';

  // the workflow is asked first
  if (useWorkflow) { // a flag of the settings
    // own 1: above everything
    // WORKFLOW MODE: Use ChatKit Workflows API
    const conversationHistory = messages.map(m => ({
      role: m.role, // own 2: never `system`
      content: m.content
    }));
    response = await fetch( // own 3: the call
      'https://api.openai.com/v1/workflows/runs', // own 4: the URL
      {
        method: 'POST',
        // own 5: in front of the headers
        headers: {
          'Content-Type': 'application/json', // own 6: trailing in the headers
          // own 7: between the headers
          'Authorization': `Bearer ${config.apiKey}` // own 8: behind the key
          // own 9: at the end of the headers
        },
        /* own 10: in front of the body */
        body: JSON.stringify({
          // own 11: in the body
          workflow_id: config.workflowId, // own 12: behind the id
          // own 13: in front of the input
          input: {
            // own 14: first in the input
            message: contextual(userMessage),
            conversation_history: conversationHistory
            // own 15: last in the input
          }
          // own 16: last in the body
        })
        // own 17: last in the options
      }
    ); // own 18: behind the call
    // own 19: last in the block
  } else { // own 20: the other branch
    response = await chat(userMessage);
  }

  // own 21: between the blocks
  const data = await response.json(); // own 22: the body

  /*
   * own 23: a block comment
   */
  if (useWorkflow) {
    // own 24: above the reading
    // Workflow response format
    assistantMessage = data.output?.message || data.output || ''; // own 25: behind the reading
    // own 26: between reading and check
    if (!assistantMessage) { // own 27: in the check
      // own 28: above the log
      console.error('[ChatKit] Workflow response:', data); // own 29
      throw new Error('No response received from workflow');
      // own 30: unreachable
    }
    // own 31: last in the block
  }

  return assistantMessage; // own 32
}
// own 33: last line
