import OpenAI from 'openai';

const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });

export async function translate(text: string, language: string): Promise<string> {
  const response: any = await openai.responses.create({
    model: 'gpt-6-luna',
    messages: [
      { role: 'system', content: `Translate to ${language}.` },
      { role: 'user', content: text },
    ],
    max_tokens: 1000,
  } as any);

  return response.choices[0].message.content;
}
