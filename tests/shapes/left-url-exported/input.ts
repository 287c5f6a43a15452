export const OPENAI_CHAT_URL = 'https://api.openai.com/v1/chat/completions';
export const OPENAI_WORKFLOW_URL = 'https://api.openai.com/v1/workflows/runs';
export const DEFAULT_MODEL = 'gpt-4o-mini';
