import { Retab } from '@retab/node';
import fs from 'node:fs';

const retab = new Retab({ apiKey: process.env.RETAB_API_KEY });

export async function extract(path: string) {
  const run = await retab.workflows.runs.create({
    workflowId: 'wf_invoices',
    documents: { 'document-node': fs.readFileSync(path) },
  });
  return retab.workflows.runs.get(run.id);
}
