"""Assistants code that callmend leaves, with the reason for each, and code that is none of it."""

from __future__ import annotations

from callmend.reasons import Reason
from tests.assistants_requests import REQUESTS, Left, by_axios

HEAD = "import OpenAI from 'openai';\nconst openai = new OpenAI();\n"
_THREAD = "  const thread = await openai.beta.threads.create();\n"
_ADD = (
    "  await openai.beta.threads.messages.create(thread.id, { role: 'user', content: question });\n"
)
_RUN = (
    "  const run = await openai.beta.threads.runs.createAndPoll(thread.id, "
    "{ PARAMETERSassistant_id: 'asst_abc' });\n"
)
_LIST = "  const messages = await openai.beta.threads.messages.list(thread.id);\n"
_READ = "  return messages.data[0].content[0].text.value;\n"


def ask(_: str = "", parameters: str = "", **parts: str) -> str:
    """A small program that asks one question, with parts of it replaced by name."""
    given = {
        "head": HEAD,
        "thread": _THREAD,
        "add": _ADD,
        "run": _RUN.replace("PARAMETERS", parameters),
        "wait": "",
        "listed": _LIST,
        "read": _READ,
    }
    given.update(parts)
    body = "".join(given[name] for name in ("thread", "add", "run", "wait", "listed", "read"))
    return f"{given['head']}export async function ask(question: string) {{\n{body}}}\n"


_POLLED = (
    "  let run = await openai.beta.threads.runs.create(thread.id, { assistant_id: 'asst_abc' });\n"
)


def _loop(body: str) -> str:
    return ask(
        run=_POLLED,
        wait=(
            "  while (run.status !== 'completed') {\n"
            f"    {body}\n"
            "    run = await openai.beta.threads.runs.retrieve(thread.id, run.id);\n"
            "  }\n"
        ),
    )


_FUNCTIONS = "tools: [{ type: 'function', function: { name: 'now' } }], "


def _tools(parameters: str = "", output: str = "'x'") -> str:
    return ask(
        run=_RUN.replace("PARAMETERS", parameters).replace("const run", "let run"),
        wait=(
            "  while (run.status === 'requires_action') {\n"
            "    const outputs = [];\n"
            "    for (const call of run.required_action!.submit_tool_outputs.tool_calls) {\n"
            f"      outputs.push({{ tool_call_id: call.id, output: {output} }});\n"
            "    }\n"
            "    run = await openai.beta.threads.runs.submitToolOutputsAndPoll(thread.id, run.id, "
            "{ tool_outputs: outputs });\n"
            "  }\n"
        ),
    )


_START = "  return openai.beta.threads.runs.createAndPoll(id, { assistant_id: assistant });\n}\n"


def _helped(helper: str) -> str:
    head = HEAD + "const assistant = process.env.ASSISTANT_ID!;\n" + helper
    return ask(head=head, run="  const run = await start(thread.id);\n")


#: Parameters that go, with a note that names them.
DROPPED = {
    "truncation_strategy": "truncation_strategy: { type: 'auto' }, ",
    "max_prompt_tokens": "max_prompt_tokens: 1000, ",
    "temperature": "temperature: 0.2, ",
    "top_p": "top_p: 1, ",
}

LEFT = {
    "azure": Left(
        Reason.AZURE_CLIENT,
        ask(head="import { AzureOpenAI } from 'openai';\nconst openai = new AzureOpenAI();\n"),
    ),
    "another-host": Left(
        Reason.CLIENT_OTHER_HOST,
        ask(
            head="import OpenAI from 'openai';\n"
            "const openai = new OpenAI({ baseURL: 'https://llm.example/v1' });\n"
        ),
    ),
    "a-host-from-the-environment": Left(
        Reason.CLIENT_HOST_UNKNOWN,
        ask(
            head="import OpenAI from 'openai';\n"
            "const openai = new OpenAI({ baseURL: process.env.BASE_URL });\n"
        ),
    ),
    "options-from-elsewhere": Left(
        Reason.CLIENT_HOST_UNKNOWN,
        ask(
            head="import OpenAI from 'openai';\nimport { options } from './options';\n"
            "const openai = new OpenAI({ ...options });\n"
        ),
    ),
    "a-fetch-of-ones-own": Left(
        Reason.CLIENT_HOST_UNKNOWN,
        ask(head="import OpenAI from 'openai';\nconst openai = new OpenAI({ fetch: proxied });\n"),
    ),
    "an-imported-client": Left(
        Reason.CLIENT_UNKNOWN, ask(head="import { openai } from '@/lib/openai';\n")
    ),
    "a-client-of-another-package": Left(
        Reason.CLIENT_UNKNOWN,
        ask(head="import OpenAI from 'openai-compatible';\nconst openai = new OpenAI();\n"),
    ),
    "a-shadowed-constructor": Left(
        Reason.CLIENT_UNKNOWN,
        ask(
            head="import OpenAI from 'openai';\n"
            "function make(OpenAI: any) { return new OpenAI(); }\nconst openai = make(OpenAI);\n"
        ),
    ),
    "a-parameter-as-client": Left(
        Reason.CLIENT_UNKNOWN,
        ask().replace("question: string", "openai: OpenAI, question: string"),
    ),
    "two-clients-in-one-variable": Left(
        Reason.CLIENT_HOST_UNKNOWN,
        ask(
            head="import OpenAI, { AzureOpenAI } from 'openai';\n"
            "let openai = new OpenAI();\nif (azure) openai = new AzureOpenAI();\n"
        ),
    ),
    "an-injected-client": Left(
        Reason.CLIENT_UNKNOWN,
        "import OpenAI from 'openai';\nclass A {\n"
        "  constructor(private openai: OpenAI) {}\n"
        "  async ask() {\n    await this.openai.beta.threads.createAndRun({ assistant_id: 'a' });\n"
        "  }\n}\n",
    ),
    "a-run-that-is-returned": Left(
        Reason.RUN_NOT_FOLLOWED,
        ask(
            run="  return await openai.beta.threads.runs.create(thread.id, "
            "{ assistant_id: 'asst_abc' });\n",
            listed="",
            read="",
        ),
    ),
    "a-run-that-is-not-awaited": Left(
        Reason.RUN_NOT_FOLLOWED,
        ask(
            run="  openai.beta.threads.runs.create(thread.id, { assistant_id: 'asst_abc' })"
            ".then(done);\n"
        ),
    ),
    "a-message-on-some-paths": Left(
        Reason.MESSAGE_CONDITIONAL, ask(add="  if (question) {\n  " + _ADD + "  }\n")
    ),
    "a-message-in-a-loop": Left(
        Reason.MESSAGE_CONDITIONAL,
        ask(add="  for (const question of questions) {\n  " + _ADD + "  }\n"),
    ),
    "a-message-behind-the-run": Left(
        Reason.MESSAGE_LATER, ask(read=_ADD + "  return messages.data[0].content[0].text.value;\n")
    ),
    "no-message": Left(Reason.NO_THREAD_MESSAGE, ask(add="")),
    "a-message-with-an-attachment": Left(
        Reason.MESSAGE_SHAPE,
        ask(add=_ADD.replace("content:", "attachments: [{ file_id: 'f' }], content:")),
    ),
    "messages-from-elsewhere": Left(
        Reason.MESSAGE_SHAPE,
        ask(add="", thread=_THREAD.replace("create()", "create({ messages: history })")),
    ),
    "a-message-object-from-elsewhere": Left(
        Reason.MESSAGE_SHAPE,
        ask(add="  await openai.beta.threads.messages.create(thread.id, message);\n"),
    ),
    "a-role-of-neither": Left(Reason.MESSAGE_SHAPE, ask(add=_ADD.replace("'user'", "'system'"))),
    "an-unknown-parameter": Left(Reason.RUN_PARAMETER, ask("", "colour: 'red', ")),
    "spread-parameters": Left(Reason.RUN_PARAMETER, ask("", "...options, ")),
    "a-format-from-elsewhere": Left(
        Reason.RUN_PARAMETER, ask("", "response_format: zodResponseFormat(Answer, 'answer'), ")
    ),
    "options-for-the-request": Left(
        Reason.RUN_PARAMETER,
        ask(run=_RUN.replace("PARAMETERS", "").replace(" })", " }, { signal })")),
    ),
    "file-search-without-a-store": Left(
        Reason.TOOL_SETUP, ask("", "tools: [{ type: 'file_search' }], ")
    ),
    "tools-from-elsewhere": Left(Reason.TOOL_SETUP, ask("", "tools: getTools(), ")),
    "resources-without-their-tool": Left(
        Reason.TOOL_SETUP,
        ask(
            thread=_THREAD.replace(
                "create()",
                "create({ tool_resources: { file_search: { vector_store_ids: ['vs'] } } })",
            )
        ),
    ),
    "tool-outputs-are-submitted": Left(
        Reason.TOOL_LOOP,
        ask(
            wait="  if (run.status === 'requires_action') {\n"
            "    await openai.beta.threads.runs.submitToolOutputsAndPoll(thread.id, run.id, "
            "{ tool_outputs });\n  }\n"
        ),
    ),
    "functions-of-the-assistant-on-the-server": Left(Reason.TOOL_SETUP, _tools()),
    "a-tool-call-that-is-handed-on": Left(
        Reason.TOOL_LOOP, _tools(_FUNCTIONS, output="await answer(call)")
    ),
    "a-function-that-has-to-be-called": Left(
        Reason.TOOL_LOOP, _tools(_FUNCTIONS + "tool_choice: 'required', ")
    ),
    "outputs-with-more-in-them": Left(
        Reason.TOOL_LOOP, _tools(_FUNCTIONS).replace("output: 'x'", "output: 'x', extra: 1")
    ),
    "outputs-from-a-function": Left(
        Reason.TOOL_LOOP,
        _tools(_FUNCTIONS).replace("{ tool_outputs: outputs }", "{ tool_outputs: all(outputs) }"),
    ),
    "tools-that-are-answered-while-polling": Left(
        Reason.TOOL_LOOP,
        ask(
            run=_POLLED,
            wait="  while (run.status !== 'completed') {\n"
            "    run = await openai.beta.threads.runs.retrieve(run.id, { thread_id: thread.id });\n"
            "    if (run.status === 'requires_action') {\n"
            "      run = await openai.beta.threads.runs.submitToolOutputs(run.id, "
            "{ thread_id: thread.id, tool_outputs: await answers(run) });\n"
            "    }\n  }\n",
        ),
    ),
    "the-required-action-is-read": Left(
        Reason.TOOL_LOOP,
        ask(
            wait="  if (run.status === 'requires_action') {\n"
            "    handle(run.required_action);\n  }\n"
        ),
    ),
    "polling-that-saves": Left(Reason.POLLING_NOT_UNDERSTOOD, _loop("await save(run.id);")),
    "polling-that-tries": Left(
        Reason.POLLING_NOT_UNDERSTOOD, _loop("try { await wait(1); } catch {}")
    ),
    "polling-that-waits-for-somebody": Left(
        Reason.POLLING_NOT_UNDERSTOOD, _loop("await waitForApproval(1);")
    ),
    "polling-whose-promise-does-more": Left(
        Reason.POLLING_NOT_UNDERSTOOD,
        _loop("await new Promise((done) => { save(); setTimeout(done, 9); });"),
    ),
    "polling-by-a-wait-of-ones-own": Left(
        Reason.POLLING_NOT_UNDERSTOOD,
        _loop("await wait(1);") + "async function wait(n: number) { await save(n); }\n",
    ),
    "a-message-for-all-runs-of-a-loop": Left(
        Reason.MESSAGE_CONDITIONAL,
        ask(run="  for (;;) {\n" + _RUN.replace("PARAMETERS", ""), read=_READ + "  }\n"),
    ),
    "polling-of-another-run": Left(
        Reason.POLLING_NOT_UNDERSTOOD,
        _loop("await wait(1);").replace(
            "retrieve(thread.id, run.id)", "retrieve(thread.id, other)"
        ),
    ),
    "a-switch-over-old-statuses": Left(
        Reason.STATUS_SWITCH,
        ask(
            wait="  switch (run.status) {\n    case 'expired':\n      return 'late';\n"
            "    default:\n      break;\n  }\n"
        ),
    ),
    "the-run-is-cancelled": Left(
        Reason.OTHER_CALL,
        ask(wait="  await openai.beta.threads.runs.cancel(thread.id, run.id);\n"),
    ),
    "messages-before-the-run": Left(
        Reason.OTHER_CALL, ask(add=_ADD + _LIST.replace("s =", "s2 ="))
    ),
    "the-whole-page-is-returned": Left(
        Reason.ANSWER_HANDED_ON, ask(read="  return messages.data;\n")
    ),
    "the-run-is-returned": Left(
        Reason.ANSWER_HANDED_ON,
        ask(read="  save(messages.data[0].content[0].text.value);\n  return run;\n"),
    ),
    "nothing-reads-the-answer": Left(Reason.ANSWER_NOT_READ, ask(listed="", read="")),
    "all-messages-are-shown": Left(
        Reason.ANSWER_NOT_UNDERSTOOD,
        ask(read="  for (const message of messages.data) show(message);\n"),
    ),
    "the-oldest-message": Left(
        Reason.ANSWER_NOT_UNDERSTOOD,
        ask(read="  return messages.data.pop().content[0].text.value;\n"),
    ),
    "the-second-message": Left(
        Reason.ANSWER_NOT_UNDERSTOOD, ask(read="  return messages.data[1].content[0].text.value;\n")
    ),
    "a-filter-of-ones-own": Left(
        Reason.ANSWER_NOT_UNDERSTOOD,
        ask(read="  return messages.data.filter(isMine)[0].content[0].text.value;\n"),
    ),
    "annotations": Left(
        Reason.OTHER_READ, ask(read="  return messages.data[0].content[0].text.annotations;\n")
    ),
    "when-the-run-started": Left(Reason.OTHER_READ, ask(wait="  console.log(run.started_at);\n")),
    "an-assistant-that-is-kept": Left(
        Reason.ASSISTANT_KEPT,
        ask(
            thread="  const assistant = await openai.beta.assistants.create({ model: 'gpt-4o' });\n"
            "  await save(assistant.id);\n" + _THREAD,
            run=_RUN.replace("PARAMETERS", "").replace("'asst_abc'", "assistant.id"),
        ),
    ),
    "a-stream": Left(
        Reason.ASSISTANTS_STREAM,
        ask(
            run="  const run = openai.beta.threads.runs.stream(thread.id, "
            "{ assistant_id: 'asst_abc' });\n",
        ),
    ),
    "a-lone-thread": Left(
        Reason.PART_OF_A_FLOW,
        HEAD + "export const start = () => openai.beta.threads.create();\n",
    ),
    "a-thread-of-another-function": Left(
        Reason.NO_THREAD_MESSAGE,
        HEAD + "export async function run(id: string) {\n"
        "  const run = await openai.beta.threads.runs.createAndPoll(id, { assistant_id: 'a' });\n"
        "  const messages = await openai.beta.threads.messages.list(id);\n"
        "  return run.status === 'completed' ? messages.data[0].content[0].text.value : '';\n}\n",
    ),
    "without-braces": Left(
        Reason.NEEDS_BRACES,
        ask(
            listed="",
            read="  if (run.status === 'completed') return "
            "(await openai.beta.threads.messages.list(thread.id)).data[0].content[0].text.value;\n",
        ),
    ),
    "a-line-that-would-run-on": Left(
        Reason.NEEDS_SEMICOLON,
        ask(
            thread="  let n = 1\n" + _THREAD.replace(";", "").rstrip() + ";\n  ;[n].map(String);\n"
        ).replace("create();\n  ;[n]", "create();\n  [n]"),
    ),
    "a-thread-without-a-name": Left(
        Reason.ANSWER_NOT_READ,
        ask(run=_RUN.replace("PARAMETERS", "").replace("thread.id", "ids.get(user)")),
    ),
    "a-run-without-a-thread": Left(
        Reason.THREAD_NOT_FOLLOWED,
        ask(run="  const run = await openai.beta.threads.runs.createAndPoll(...ids);\n").replace(
            "...ids", ""
        ),
    ),
    "an-assistant-that-is-made-for-the-run": Left(
        Reason.ASSISTANT_KEPT,
        ask(run=_RUN.replace("PARAMETERS", "").replace("'asst_abc'", "await ensureAssistant()")),
    ),
    "an-assistant-that-is-changed-before-the-run": Left(
        Reason.ASSISTANT_KEPT,
        ask(
            thread="  await openai.beta.assistants.update('asst_abc', "
            "{ instructions: question });\n" + _THREAD
        ),
    ),
    "two-accounts": Left(
        Reason.OTHER_CALL,
        ask(
            head=HEAD + "const other = new OpenAI({ apiKey: process.env.OTHER_KEY });\n",
            run=_RUN.replace("PARAMETERS", "").replace("openai.", "other."),
        ),
    ),
    "a-thread-that-is-found-or-made": Left(
        Reason.OTHER_CALL,
        ask(
            thread="  const thread = known ? await openai.beta.threads.retrieve(known) "
            ": await openai.beta.threads.create();\n"
        ),
    ),
    "a-helper-that-others-may-call": Left(
        Reason.RUN_NOT_FOLLOWED, _helped("export async function start(id: string) {\n" + _START)
    ),
    "a-helper-that-may-give-up": Left(
        Reason.RUN_NOT_FOLLOWED,
        _helped("async function start(id: string) {\n  if (!id) return null;\n" + _START),
    ),
    "a-helper-that-tries": Left(
        Reason.RUN_NOT_FOLLOWED,
        _helped(
            "async function start(id: string) {\n  try {\n  "
            + _START.replace("\n}", "\n  } catch (error) {\n    throw error;\n  }\n}")
        ),
    ),
    "a-helper-that-is-described": Left(
        Reason.RUN_NOT_FOLLOWED,
        _helped("/** Starts a run. */\nasync function start(id: string) {\n" + _START),
    ),
    "a-helper-that-reads-what-its-caller-hides": Left(
        Reason.RUN_NOT_FOLLOWED,
        _helped("async function start(id: string) {\n" + _START).replace(
            "ask(question: string", "ask(question: string, assistant: string"
        ),
    ),
    "a-helper-that-is-handed-on": Left(
        Reason.RUN_NOT_FOLLOWED,
        _helped("async function start(id: string) {\n" + _START) + "register(start);\n",
    ),
    "a-helper-that-is-called-for-each": Left(
        Reason.RUN_NOT_FOLLOWED,
        _helped("async function start(id: string) {\n" + _START).replace(
            "await start(thread.id)", "(await Promise.all([thread.id].map(start)))[0]"
        ),
    ),
    "a-helper-that-has-a-this": Left(
        Reason.RUN_NOT_FOLLOWED,
        _helped("async function start(id: string) {\n  log(this);\n" + _START),
    ),
    "polling-in-a-function-that-leaves-its-loop-by-another": Left(
        Reason.OTHER_CALL,
        ask(run=_POLLED, wait="  await finished(thread.id, run.id);\n")
        + "async function finished(id: string, runId: string) {\n"
        "  for (;;) {\n"
        "    const run = await openai.beta.threads.runs.retrieve(runId, { thread_id: id });\n"
        "    for (const status of ['completed', 'failed']) {\n"
        "      if (run.status === status) return;\n    }\n  }\n}\n",
    ),
    "every-answer-in-a-loop": Left(
        Reason.ANSWER_NOT_UNDERSTOOD,
        ask(
            read="  for (const message of messages.data) {\n"
            "    if (message.role === 'assistant') show(message.content[0].text.value);\n  }\n"
        ),
    ),
    "the-oldest-answer-of-a-kept-thread-in-a-loop": Left(
        Reason.ANSWER_NOT_UNDERSTOOD,
        ask(
            thread=_THREAD + "  await save(thread.id);\n",
            read="  for (const message of messages.data.reverse()) {\n"
            "    if (message.role === 'assistant') return message.content[0].text.value;\n  }\n",
        ),
    ),
    "an-answer-in-a-loop-that-may-go-on": Left(
        Reason.ANSWER_NOT_UNDERSTOOD,
        ask(
            read="  for (const message of messages.data) {\n"
            "    if (message.role === 'assistant') {\n"
            "      if (seen.has(message.content[0].text.value)) continue;\n"
            "      return message.content[0].text.value;\n    }\n  }\n"
        ),
    ),
    "run-steps": Left(
        Reason.OTHER_CALL,
        ask(
            wait="  const steps = await openai.beta.threads.runs.steps.list(run.id, "
            "{ thread_id: thread.id });\n  show(steps.data);\n"
        ),
    ),
    "a-message-of-a-helper": Left(
        Reason.OTHER_CALL,
        ask(thread=_THREAD + "  await greet(thread);\n")
        + "export async function greet(thread: { id: string }) {\n"
        + _ADD.replace("content: question", "content: 'hello'")
        + "}\n",
    ),
    "a-thread-that-starts-with-messages-from-elsewhere": Left(
        Reason.OTHER_CALL,
        ask(thread="  const thread = { id: await getThread() };\n")
        + "export async function getThread() {\n"
        "  return (await openai.beta.threads.create({ messages: greeting() })).id;\n}\n",
    ),
    "a-thread-that-a-request-makes": Left(
        Reason.OTHER_CALL,
        ask(thread="  const thread = { id: await getThread() };\n")
        + "export async function getThread() {\n"
        "  const made = await fetch('https://api.openai.com/v1/threads', "
        "{ method: 'POST', headers, body: '{}' });\n  return (await made.json()).id;\n}\n",
    ),
    "a-message-of-a-request-elsewhere": Left(
        Reason.OTHER_CALL,
        ask(thread="  const thread = { id: await getThread() };\n")
        + "export const greet = (id: string) =>\n"
        "  fetch(`https://api.openai.com/v1/threads/${id}/messages`, "
        "{ method: 'POST', headers, body: greeting });\n",
    ),
    "a-syntax-error": Left(Reason.SYNTAX_ERROR, ask(read=_READ + "  const = ;\n")),
    **REQUESTS,
}

NOT_OURS = {
    "langgraph": "import { Client } from '@langchain/langgraph-sdk';\n"
    "const client = new Client();\n"
    "const thread = await client.threads.create();\n"
    "await client.runs.create(thread.thread_id, 'agent');\n",
    "a-mock": "jest.spyOn(openai.beta.threads, 'create');\n",
    "chat-completions": "import OpenAI from 'openai';\nconst openai = new OpenAI();\n"
    "await openai.beta.chat.completions.parse({});\n",
    "axios-of-a-host-that-is-not-known": by_axios(
        "axios.create({ baseURL: process.env.API_BASE })"
    ),
    "threads-of-another-host": "await fetch('https://llm.example/v1/threads', init);\n",
    "threads-of-ones-own": "await fetch('/api/threads/runs', { method: 'POST' });\n",
    "a-comment": "// openai.beta.threads.create()\nconst beta = 'threads';\n",
    "a-string": "const help = 'openai.beta.threads.create()';\n",
}
