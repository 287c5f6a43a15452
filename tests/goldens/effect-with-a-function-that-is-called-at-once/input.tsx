export function Hint({ question, config }: Props) {
  const [hint, setHint] = useState('');
  useEffect(() => {
    let cancelled = false;
    (async () => {
      const response = await fetch('https://api.openai.com/v1/workflows/runs', {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          'Authorization': `Bearer ${config.apiKey}`
        },
        body: JSON.stringify({
          workflow_id: config.workflowId,
          input: {
            message: question
          }
        })
      });
      const data = await response.json();
      const text = data.output?.message || data.output || '';
      if (!cancelled) setHint(text);
    })();
    return () => {
      cancelled = true;
    };
  }, [question]);
  return <em>{hint}</em>;
}
