export default async function handler(req, res) {
  const { message } = req.body;
  try {
    const response = await fetch('https://api.openai.com/v1/responses', {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        'Content-Type': 'application/json',
      },
      body: JSON.stringify({
        // what the first node takes
        model: 'gpt-6-luna',
        input: message,
      }),
    });
    const data = await response.json();
    const reply = responseText(data, '') || 'No answer.';
    res.status(200).json({ reply });
  } catch (error) {
    res.status(500).json({ error: error.message });
  }
}

// The text of a response: of its messages, or of the final one where phases are marked.
// What is no answer is thrown, and so is an empty one unless `ifEmpty` stands in for it.
function responseText(answered, ifEmpty) {
  const { status, error, incomplete_details: details, output } = (answered ?? {});
  if (status !== 'completed') {
    const reason = error?.message || details?.reason;
    throw new Error(`Response ${status || 'refused'}: ${reason || 'no reason given'}`);
  }
  let allText = '';
  let finalText = '';
  for (const item of output || []) {
    for (const part of item.type === 'message' ? item.content : []) {
      if (part.type === 'refusal') {
        throw new Error(`The model refused: ${part.refusal}`);
      } else if (part.type === 'output_text') {
        allText += part.text;
        finalText += item.phase === 'final_answer' ? part.text : '';
      }
    }
  }
  const found = finalText || allText;
  if (!found && ifEmpty === undefined) {
    throw new Error('No response received from the model (no text)');
  }
  return found || (ifEmpty ?? '');
}
