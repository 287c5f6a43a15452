// What the goldens take from the rest of their projects, typed as such a project would have it.

interface Config {
  apiKey: string;
  workflowId: string;
  name: string;
  model: string;
  instructions: string;
  organization: string;
  project: string;
  next(): string;
}
interface Message {
  role: 'user' | 'assistant';
  content: string;
  text?: string;
}
type Turn = Message;
type Kind = 'draft' | 'final';
type Settings = Config;
interface Env {
  [name: string]: string;
}
interface Field {
  label: string;
  value: string;
}
interface Props {
  question: string;
  config: Config;
}
interface Result {
  text: string;
  done: boolean;
}
type Mode = 'workflow' | 'chat';

declare function chat(userMessage: unknown): Promise<any>;
declare function log(...values: unknown[]): void;
declare const metrics: { count(name: string): void };
declare function nextId(): string;
declare function poll(...values: unknown[]): Promise<any>;
declare function remember(...values: unknown[]): void;
declare function save(...values: unknown[]): Promise<void>;
declare function setLoading(loading: boolean): void;
declare function show(...values: unknown[]): void;
declare function signature(...values: unknown[]): string;
declare function t(key: string, values?: Record<string, unknown>): string;
declare function track(...values: unknown[]): void;
declare function use(...values: unknown[]): void;
declare const useEffect: typeof import('react').useEffect;
declare const useState: typeof import('react').useState;

declare module '*/config' {
  export const config: Config;
  export function getConfig(): Config;
  export type { Config };
}
declare module '*/config.cjs' {
  const config: Config;
  export = config;
}
declare module '*/config.js' {
  export function getConfig(): Config;
}
declare module '*/config.mjs' {
  export const config: Config;
  export const question: string;
  export type { Config };
}
declare module '*/openai-chatkit-config' {
  export function getOpenAIConfig(): Config;
}
declare module 'node-fetch' {
  const call: typeof fetch;
  export = call;
}
declare module '*/log';
declare module '*/x';
