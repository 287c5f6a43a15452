global.fetch = jest.fn(async (url) => {
  if (url === 'https://api.openai.com/v1/workflows/runs') {
    return { ok: true, json: async () => ({ output: { message: 'mocked' } }) };
  }
  throw new Error(`unexpected ${url}`);
});

test('shows the answer', async () => {
  const { ask } = require('../src/ask');
  await expect(ask('q')).resolves.toBe('mocked');
});
