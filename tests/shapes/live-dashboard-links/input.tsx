export function WorkflowLinks({ id }: { id: string }) {
  return (
    <nav>
      <a href={`https://platform.openai.com/agent-builder/edit?workflow=${id}`}>Edit the workflow</a>
      <a href={`https://platform.openai.com/logs/workflows/${id}/runs`}>Its runs</a>
    </nav>
  );
}
