import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';

export const server = setupServer(
  http.post('https://api.openai.com/v1/workflows/runs', async ({ request }) => {
    const body = (await request.json()) as { input: { message: string } };
    return HttpResponse.json({ output: { message: `echo: ${body.input.message}` } });
  }),
);
