import { Client, Connection } from '@temporalio/client';
import { orderWorkflow } from './workflows';

export async function startOrder(orderId: string) {
  const connection = await Connection.connect({ address: 'temporal.example.com:7233' });
  const client = new Client({ connection });
  const handle = await client.workflow.start(orderWorkflow, {
    taskQueue: 'orders',
    workflowId: `order-${orderId}`,
    args: [orderId],
  });
  return handle.result();
}
