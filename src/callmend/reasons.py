"""The closed set of reasons for which a call is left as it is, each with what to do by hand."""

from __future__ import annotations

from enum import Enum


class Reason(Enum):
    """Why a call was left: ``code`` is stable and printed, the rest is for people.

    ``summary`` completes the sentence "left, because ..."; ``advice`` says what to do by hand.
    """

    # the URL
    UNRESOLVED_HOST = (
        "unresolved-host",
        "the host of the URL is not known before the program runs",
        "If it is api.openai.com, write it as a constant in this file and run callmend again; "
        "if it is another service, put `// callmend-ignore` above the call.",
    )
    URL_NOT_CERTAIN = (
        "url-not-certain",
        "the URL is the dead endpoint only on some paths (a condition or a reassigned variable)",
        "Give the dead endpoint a call of its own, with its own response variable and its URL.",
    )
    URL_CANDIDATES = (
        "url-candidates",
        "the URL is one of a list that is tried in turn",
        "None of the list's dead URLs ever answers: put the one live request in its place.",
    )
    URL_EXPORTED = (
        "url-exported",
        "the URL of the dead endpoint is exported, and calls in other files cannot be followed",
        "Move the request and the URL into one file, or migrate the calls that import it by hand.",
    )
    URL_NOT_FOLLOWED = (
        "url-not-followed",
        "the URL of the dead endpoint is handed on where it cannot be followed to a call",
        "Write the URL, or a constant that holds it, in the call that requests it.",
    )
    DEFINITION_READ = (
        "definition-read",
        "a workflow's definition is read, which the API never offered",
        "Remove the request; export the workflow as code in Agent Builder before 2026-11-30.",
    )
    NO_SESSIONS = (
        "no-sessions",
        "a session of a workflow is asked for, which the API never offered at this path",
        "For a chat window use `POST /v1/chatkit/sessions`; for an answer migrate by hand.",
    )
    # the request
    UNKNOWN_TRANSPORT = (
        "unknown-transport",
        "what sends the request is none that callmend rewrites",
        "Send it with `fetch`, in Python with requests or httpx, and run callmend again; "
        "or rewrite it by hand: `callmend explain flow` shows the requests to make.",
    )
    WRAPPER_ELSEWHERE = (
        "wrapper-elsewhere",
        "the request is sent by a function of another file, which cannot be followed",
        "Send the request here with `fetch`, or migrate it together with that function.",
    )
    WEBSOCKET = (
        "websocket",
        "the call opens a WebSocket",
        "Migrate by hand: send a request, and read its answer or its stream.",
    )
    SDK_INVENTED = (
        "sdk-invented",
        "OpenAI's SDK never had this method, so the call throws before anything is sent",
        "Call `openai.responses.create({ model, instructions, input })` in its place.",
    )
    FETCH_SHADOWED = (
        "fetch-shadowed",
        "`fetch` here is not the platform's fetch but a name of this project",
        "If it behaves like the platform's fetch, call that; otherwise migrate by hand.",
    )
    NOT_A_POST = (
        "not-a-post",
        "the request is not a POST",
        "Only the POST that starts a run has a counterpart; remove the call or migrate by hand.",
    )
    OPTIONS_NOT_UNDERSTOOD = (
        "options-not-understood",
        "the options of the request are not an object that can be read in this file",
        "Write method, headers and body as an object literal in the call.",
    )
    HEADERS_NOT_UNDERSTOOD = (
        "headers-not-understood",
        "the headers are not an object that can be read in this file",
        "Write the headers as an object literal in the call.",
    )
    NO_AUTHORIZATION = (
        "no-authorization",
        "the request carries no Authorization header that the polling could repeat",
        "Add the header `Authorization: Bearer <key>` to the call.",
    )
    BODY_NOT_UNDERSTOOD = (
        "body-not-understood",
        "the body is not `JSON.stringify` of an object that can be read in this file",
        "Write the body as `JSON.stringify({...})` in the call.",
    )
    BODY_SHARED = (
        "body-shared",
        "the object that is sent is read elsewhere too, such as in a log",
        "Write the body in the call, apart from what is logged or kept.",
    )
    BODY_APART = (
        "body-apart",
        "the body is written in another block than the request",
        "Write the body beside the request.",
    )
    BODY_FIELD = (
        "body-field",
        "the body has a field that has no counterpart in the new request",
        "Remove the field, or decide by hand what becomes of it.",
    )
    NO_WORKFLOW_ID = (
        "no-workflow-id",
        "the body names no workflow id, so there is nothing to take the assistant's id from",
        "Add the field `workflow_id` to the body, or migrate by hand.",
    )
    NO_MESSAGE = (
        "no-message",
        "no field of the body is certainly the person's message",
        "Name it `message` in `input`, or migrate by hand.",
    )
    HISTORY_SHAPE = (
        "history-shape",
        "the earlier messages are not certainly a list of {role, content}",
        "Map them to {role, content} with the roles user and assistant where they are sent.",
    )
    STREAMING = (
        "streaming",
        "the call asks for a stream",
        "If it is the setting `stream` that asks for it, run callmend without it; else migrate by "
        "hand: `callmend explain streaming` says how a stream is read.",
    )
    STREAM_NOT_UNDERSTOOD = (
        "stream-not-understood",
        "the stream is read in a way that callmend cannot follow",
        "Read its lines here, with `JSON.parse` and one field for the text; or migrate by hand: "
        "`callmend explain streaming` says how a stream is read.",
    )
    # the answer
    RESPONSE_NOT_BOUND = (
        "response-not-bound",
        "the response is not awaited into a variable",
        "Write `const response = await fetch(...)` and read it below.",
    )
    ANSWER_NOT_READ = (
        "answer-not-read",
        "nothing in this function reads the answer",
        "Read the answer in the function that sends the request, or migrate by hand.",
    )
    ANSWER_HANDED_ON = (
        "answer-handed-on",
        "the whole answer is handed on, and what is read from it cannot be seen here",
        "Read the answer's text here and hand only that on.",
    )
    ANSWER_NOT_UNDERSTOOD = (
        "answer-not-understood",
        "the answer is read in a way that callmend cannot follow",
        "Read it as `data.output?.message || data.output || ''`, or migrate by hand.",
    )
    OTHER_READ = (
        "other-read",
        "something else is read from the dead answer that the new answer does not have",
        "Remove or migrate that reading by hand, then run callmend again.",
    )
    SHARED_READ = (
        "shared-read",
        "the same reading also serves another request",
        "Read the two answers in branches of their own, under the condition of the request.",
    )
    DIFFERING_GUARDS = (
        "differing-guards",
        "the request and the reading of its answer stand under different conditions",
        "Put both under the same condition, spelt the same.",
    )
    GUARD_CHANGES = (
        "guard-changes",
        "the condition around the request may have changed where the answer is read",
        "Keep the condition in a `const`.",
    )
    OWN_POLLING = (
        "own-polling",
        "the file asks for the dead run again",
        "Ask for the run with a plain `fetch` in this file, or migrate both requests by hand.",
    )
    NAME_NOT_IN_SCOPE = (
        "name-not-in-scope",
        "a name that the new code needs is not visible, or has changed, where it is needed",
        "Declare it before the condition around the request, as a `const`.",
    )
    HEADERS_ASKED_TWICE = (
        "headers-asked-twice",
        "the key is computed in the headers, and the polling would compute it again each time",
        "Keep it in a `const` above the request, and write that into the headers.",
    )
    NEEDS_BRACES = (
        "needs-braces",
        "the statement stands without braces, so that no statement can be put beside it",
        "Put braces around the branch.",
    )
    NOT_ASYNC = (
        "not-async",
        "the function that reads the answer is not async, so it cannot wait for the run",
        "Make the function async and await the response.",
    )
    HALF_MIGRATED = (
        "half-migrated",
        "one half of the call is migrated already, and the other half is not certain",
        "Finish it by hand; `callmend explain flow` shows the requests to make.",
    )
    COMMENT_LOST = (
        "comment-would-be-lost",
        "a comment stands in the middle of what would be replaced",
        "Move the comment to a line of its own outside of the replaced expression.",
    )
    # Assistants API code
    CLIENT_UNKNOWN = (
        "client-unknown",
        "the client comes from another place than this file, so its host is not known",
        "Name its module in `openai-clients` if it exports clients of api.openai.com only; or "
        "make the client in this file with `new OpenAI(...)`, and run callmend again. A client of "
        "another service or of Azure may still speak the old API.",
    )
    CLIENT_HOST_UNKNOWN = (
        "client-host-unknown",
        "the client's base URL or options are not known before the program runs",
        "If it is api.openai.com, leave `baseURL` out and run callmend again.",
    )
    CLIENT_OTHER_HOST = (
        "client-other-host",
        "the client is of another host than api.openai.com, where the old API may live",
        "Ask the service what it offers in its place.",
    )
    AZURE_CLIENT = (
        "azure-client",
        "the client is Azure's, whose own migration differs",
        "See https://learn.microsoft.com/azure/foundry/agents/how-to/migrate.",
    )
    RUN_NOT_FOLLOWED = (
        "run-not-followed",
        "the run is not awaited into a variable of its own",
        "Write `const run = await openai.beta.threads.runs.create(...)` and read it below.",
    )
    THREAD_NOT_FOLLOWED = (
        "thread-not-followed",
        "which thread the run is on cannot be followed",
        "Write `const thread = await openai.beta.threads.create()` and give `thread.id`.",
    )
    MESSAGE_CONDITIONAL = (
        "message-conditional",
        "a message is added on some paths only, or in a loop",
        "Build the list of messages first and add them in one place before the run.",
    )
    MESSAGE_LATER = (
        "message-later",
        "a message is added behind the run, for a run that cannot be seen here",
        "Add the message in the function that starts its run.",
    )
    NO_THREAD_MESSAGE = (
        "no-thread-message",
        "no message is added to the thread in the function that starts the run",
        "Add the message in the function that starts the run, or migrate by hand.",
    )
    MESSAGE_SHAPE = (
        "message-shape",
        "a message is not certainly one that the new request takes",
        "Write it as `{ role, content }` with text or parts that can be read in this file.",
    )
    RUN_PARAMETER = (
        "run-parameter",
        "a parameter of the run is not certainly one that the new request takes",
        "Write the parameters as an object literal in the call; see `callmend explain targets`.",
    )
    TOOL_SETUP = (
        "tool-setup",
        "what a tool needs stands on the assistant, which is gone, or cannot be read here",
        "Give the tool with all that it needs (functions, vector stores, files) in the call.",
    )
    TOOL_LOOP = (
        "tool-loop",
        "the run calls functions of this program, and the loop that answers it is not certain",
        "Answer `function_call` items with `function_call_output` items in a second request.",
    )
    POLLING_NOT_UNDERSTOOD = (
        "polling-not-understood",
        "the polling does something beside waiting that callmend cannot follow",
        "Take what else it does out of the loop, or migrate by hand.",
    )
    STATUS_SWITCH = (
        "status-switch",
        "a `switch` has cases for statuses that a response never has",
        "Remove the cases `requires_action`, `cancelling` and `expired`, or migrate by hand.",
    )
    OTHER_CALL = (
        "other-call",
        "the same thread is used by a call that has no counterpart",
        "Remove that call or migrate by hand.",
    )
    ASSISTANTS_STREAM = (
        "assistants-stream",
        "the run is streamed, and the code that reads the stream is not certain",
        "Read `response.output_text.delta` events of `responses.create({ stream: true })`.",
    )
    ASSISTANT_KEPT = (
        "assistant-kept",
        "an assistant's id is kept for later, and assistants are gone",
        "Keep its instructions, model and tools in the code instead.",
    )
    BETA_HEADER = (
        "beta-header",
        "the headers carry OpenAI-Beta, which other requests need and the new one must not have",
        "Give the call headers of its own, without OpenAI-Beta.",
    )
    OLD_TYPE = (
        "old-type",
        "a type of the old API is named, which what it stands for is none of any more",
        "Leave the type out, or name the live API's own, and run callmend again.",
    )
    NEEDS_SEMICOLON = (
        "needs-semicolon",
        "without the statement, the lines around it would run into one another",
        "End the statement above with a semicolon.",
    )
    AXIOS_NOT_UNDERSTOOD = (
        "axios-not-understood",
        "axios sends the request with data or options, or gives an answer, that is not certain",
        "Write data and `{ headers }` in the call, await it, and read its `data` only.",
    )
    PART_OF_A_FLOW = (
        "part-of-a-flow",
        "the run that this call belongs to is in another function or file, or was left",
        "Migrate the call that starts the run first, or put both calls into one function, and run "
        "callmend again. A thread of the Assistants API that is made here for runs in other files "
        "becomes a conversation (`POST /v1/conversations`), whose `conv_...` id is handed out in "
        "the thread's place, when those runs are migrated.",
    )
    # calls of the Responses API
    OTHER_TARGET = (
        "other-target",
        "it is a call of the Responses API, which only the target `responses` mends",
        "Run callmend with `--target responses`.",
    )
    # the file
    SYNTAX_ERROR = (
        "syntax-error",
        "the file has a syntax error at or around the call",
        "Mend the syntax, then run callmend again.",
    )
    GENERATED_FILE = (
        "generated-file",
        "the file is marked @generated",
        "Migrate what it is generated from and generate it again.",
    )
    MINIFIED_FILE = (
        "minified-file",
        "the file is minified",
        "Migrate its source and build it again.",
    )
    BINARY_FILE = (
        "binary-file",
        "the file is binary",
        "Migrate its source and build it again.",
    )
    FILE_TOO_LARGE = (
        "file-too-large",
        "the file is larger than `max-file-size`",
        "Raise `max-file-size` if it is a source file.",
    )
    NOT_UTF8 = (
        "not-utf8",
        "the file is not UTF-8",
        "Convert the file to UTF-8, then run callmend again.",
    )

    def __init__(self, code: str, summary: str, advice: str) -> None:
        self.code = code
        self.summary = summary
        self.advice = advice

    @property
    def in_python(self) -> tuple[str, str]:
        """The summary and the advice in the words of Python."""
        said = _IN_PYTHON.get(self.code, ("", ""))
        return said[0] or self.summary, said[1] or self.advice

    def said_in(self, path: str) -> tuple[str, str]:
        """The summary and the advice in the words of a file's language, by the file's path."""
        return self.in_python if path.endswith((".py", ".pyi")) else (self.summary, self.advice)

    @classmethod
    def by_code(cls, code: str) -> Reason | None:
        """The reason with this code, or None."""
        return next((reason for reason in cls if reason.code == code), None)


#: What is said otherwise of Python files: summary and advice, empty where it is the same.
_IN_PYTHON: dict[str, tuple[str, str]] = {
    "unresolved-host": (
        "",
        "If it is api.openai.com, write it as a constant in this file and run callmend again; "
        "if it is another service, put `# callmend-ignore` above the call.",
    ),
    "url-exported": (
        "the URL of the dead endpoint is no call's in this file, and those in others cannot be "
        "followed",
        "",
    ),
    "unknown-transport": (
        "",
        "Send it with requests or httpx and run callmend again; or rewrite it by hand: "
        "`callmend explain flow` shows the requests to make.",
    ),
    "options-not-understood": (
        "the arguments of the request cannot all be read in this file",
        "Write URL, headers and body as arguments of the call, and leave the others out.",
    ),
    "headers-not-understood": (
        "the headers are not a dict that can be read in this file",
        "Write the headers as a dict in the call.",
    ),
    "body-not-understood": (
        "the body is not a dict that can be read in this file",
        "Write the body as `json={...}` in the call.",
    ),
    "response-not-bound": (
        "the response is not assigned to a variable of its own",
        "Write `response = requests.post(...)` and read it below.",
    ),
    "answer-not-understood": (
        "",
        'Read it as `data["output"]["message"]`, or migrate by hand.',
    ),
    "guard-changes": ("", "Keep the condition in a variable that is assigned once."),
    "own-polling": (
        "",
        "Ask for the run with requests, httpx, aiohttp or urllib in this file, by the id of its "
        "own answer, or migrate both requests by hand.",
    ),
    "name-not-in-scope": (
        "",
        "Assign it once, before the condition around the request.",
    ),
    "needs-braces": (
        "the statement shares its line with another one, so that none can be put beside it",
        "Put the statement on a line of its own.",
    ),
    "run-not-followed": (
        "the run is not assigned to a variable of its own, or where it goes cannot be followed",
        "Write `run = client.beta.threads.runs.create(...)` and read it below.",
    ),
    "thread-not-followed": (
        "",
        "Write `thread = client.beta.threads.create()` and give `thread.id`.",
    ),
    "run-parameter": (
        "",
        "Write the parameters as named arguments of the call; see `callmend explain targets`.",
    ),
    "message-shape": (
        "",
        'Write it as `{"role": ..., "content": ...}` with text or parts that can be read in this '
        "file.",
    ),
    "history-shape": (
        'the earlier messages are not certainly a list of {"role", "content"}',
        'Map them to {"role", "content"} with the roles user and assistant where they are sent.',
    ),
    "client-host-unknown": (
        "",
        "If it is api.openai.com, leave `base_url` out and run callmend again.",
    ),
    "client-unknown": (
        "",
        "Make the client in this file with `OpenAI(...)` and run callmend again; a client of "
        "another service or of Azure may still speak the old API.",
    ),
    "assistants-stream": (
        "",
        "Read `response.output_text.delta` events of `responses.create(..., stream=True)`.",
    ),
}
