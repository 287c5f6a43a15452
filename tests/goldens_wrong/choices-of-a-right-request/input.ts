interface Message { role: 'user' | 'assistant'; content: string }

export class Chat {
  private readonly history: Message[] = [];

  constructor(private readonly key: string) {}

  async ask(question: string): Promise<string> {
    this.history.push({ role: 'user', content: question });
    const response = await fetch('https://api.openai.com/v1/responses', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${this.key}` },
      body: JSON.stringify({ model: 'gpt-6-luna', input: this.history }),
    });
    const data = await response.json();
    if (data.error) {
      throw new Error(data.error.message);
    }
    const answer: string = data.choices && data.choices[0] && data.choices[0].message.content;
    this.history.push({ role: 'assistant', content: answer });
    return answer;
  }
}
