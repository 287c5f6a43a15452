import { Octokit } from '@octokit/rest';
import OpenAI from 'openai';

const octokit = new Octokit({ auth: process.env.GITHUB_TOKEN });
const openai = new OpenAI();

export async function explainFailure(owner: string, repo: string, run_id: number) {
  const { data: run } = await octokit.actions.getWorkflowRun({ owner, repo, run_id });
  const { data: jobs } = await octokit.rest.actions.listJobsForWorkflowRun({ owner, repo, run_id });
  const failed = jobs.jobs.filter((job) => job.conclusion === 'failure').map((job) => job.name);
  const answer = await openai.responses.create({
    model: 'gpt-5',
    input: `Workflow ${run.name} failed in: ${failed.join(', ')}. What may be the cause?`,
  });
  return answer.output_text;
}
