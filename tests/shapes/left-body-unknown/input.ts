import { NextResponse } from 'next/server';

export async function POST(req: Request) {
  const body = await req.text();
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
    },
    body,
  });
  return new NextResponse(await res.text(), { status: res.status });
}
