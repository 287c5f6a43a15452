import nock from 'nock';
import { ask } from './ask';

describe('ask', () => {
  it('returns the answer', async () => {
    nock('https://api.openai.com')
      .post('/v1/workflows/runs')
      .reply(200, { output: { message: 'hi' } });

    expect(await ask('hello')).toBe('hi');
  });
});
