export async function describe(pictureUrl: string, hint: string): Promise<string> {
  const response = await fetch(`https://api.openai.com/v1/workflows/${process.env.WORKFLOW_ID!}/runs`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "Content-Type": "application/json",
      "OpenAI-Beta": "workflows=v1",
    },
    body: JSON.stringify({
      input: [
        {
          role: "user",
          content: [
            { type: "input_text", text: hint },
            { type: "input_image", image_url: pictureUrl, detail: "low" },
          ],
        },
      ],
    }),
  });
  if (!response.ok) {
    throw new Error(`No description: ${response.status}`);
  }
  const run = await response.json();
  return run.output_text ?? run.output?.text;
}
