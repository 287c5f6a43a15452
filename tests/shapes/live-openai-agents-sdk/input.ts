import { Agent, Runner, withTrace } from '@openai/agents';

const agent = new Agent({ name: 'Helper', instructions: 'Be short.', model: 'gpt-5' });

type WorkflowInput = { input_as_text: string };

export const runWorkflow = async (workflow: WorkflowInput) =>
  withTrace('Helper', async () => {
    const runner = new Runner({ traceMetadata: { workflow_id: 'wf_123' } });
    const result = await runner.run(agent, [
      { role: 'user', content: [{ type: 'input_text', text: workflow.input_as_text }] },
    ]);
    if (!result.finalOutput) throw new Error('Agent result is undefined');
    return { output_text: result.finalOutput };
  });
