import { NextRequest, NextResponse } from "next/server";
import OpenAI from "openai";

const openai = new OpenAI();

export async function POST(request: NextRequest) {
  const { message } = await request.json();

  const response = await openai.responses.create({
    model: "gpt-6-luna",
    input: message,
  });

  if (response.status === "completed") {
    return NextResponse.json({ reply: response.output_text });
  }
  return NextResponse.json({ error: response.error?.message, status: response.status }, { status: 502 });
}
