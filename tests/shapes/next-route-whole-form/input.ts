import { NextResponse } from "next/server";

export async function POST(req: Request) {
  try {
    const form = await req.json();

    const resp = await fetch(
      `https://api.openai.com/v1/workflows/${process.env.TRIP_WORKFLOW ?? "wf_123"}/runs`,
      {
        method: "POST",
        headers: {
          Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
          "Content-Type": "application/json",
          "OpenAI-Beta": "workflows=v1",
        },
        body: JSON.stringify({
          inputs: {
            destination: form.destination,
            days: form.days,
            budget: form.budget,
          },
        }),
      }
    );

    const data = await resp.json();
    if (!resp.ok) {
      console.error("OpenAI error", data);
      return NextResponse.json({ error: "Could not create the plan" }, { status: 502 });
    }

    return NextResponse.json({ plan: data.outputs?.plan || data.output_text || "" });
  } catch (e: any) {
    return NextResponse.json({ error: e.message }, { status: 500 });
  }
}
