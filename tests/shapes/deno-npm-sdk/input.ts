import OpenAI from "npm:openai@4";

const openai = new OpenAI({ apiKey: Deno.env.get("OPENAI_API_KEY") });

Deno.serve(async (req: Request) => {
  try {
    const { question, visitor } = await req.json();

    // @ts-ignore: workflows are too new for the types
    const result = await openai.workflows.run(Deno.env.get("OPENAI_WORKFLOW_ID"), {
      input: question,
      user: visitor,
    });

    return Response.json({ answer: result.output_text });
  } catch (error) {
    return Response.json({ error: String(error) }, { status: 502 });
  }
});
