import { describe, expect, it, vi } from 'vitest';
import { askAgent } from './agent';

describe('askAgent', () => {
  it('posts to the workflow', async () => {
    const fetchMock = vi.fn().mockResolvedValue({
      ok: true,
      json: async () => ({ output_text: 'hi' }),
    });
    vi.stubGlobal('fetch', fetchMock);

    await askAgent('hello');

    expect(fetchMock).toHaveBeenCalledWith(
      'https://api.openai.com/v1/workflows/wf_123/runs',
      expect.objectContaining({ method: 'POST' }),
    );
  });
});
