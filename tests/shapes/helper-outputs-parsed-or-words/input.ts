type Task = { input_as_text: string; board?: string };

export async function assist(task: Task): Promise<{ text: string; parsed: unknown }> {
  const flow = process.env.WORKFLOW_ID;
  try {
    const response = await fetch(`https://api.openai.com/v1/workflows/${flow}/runs`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        "Content-Type": "application/json",
        "OpenAI-Beta": "workflows=v3",
      },
      body: JSON.stringify({ inputs: { input_as_text: task.input_as_text } }),
    });

    if (response.ok) {
      const data = await response.json();
      let output = data.outputs?.output_text ?? data.outputs?.output_parsed ?? data.outputs;

      if (typeof output === "string") {
        try {
          output = JSON.parse(output);
        } catch {
          // plain words are right as they are
        }
      }

      if (output && typeof output === "object" && "output_text" in output) {
        return { text: String(output.output_text), parsed: output };
      }
      return {
        text: typeof output === "string" ? output : JSON.stringify(output),
        parsed: output,
      };
    }
    console.warn("no help:", response.status, await response.text());
  } catch (error) {
    console.error("no help:", error);
  }
  return { text: "by hand", parsed: null };
}
