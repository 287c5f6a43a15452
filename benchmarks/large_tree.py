"""Times `callmend diff` against `git grep -lF` on a made-up git tree with three dead calls in it.

    python benchmarks/large_tree.py [--files 12000] [--runs 7] [--python 0] [--keep DIR]

The tree is the same on every machine: `--files` React components of 2 to 4 kB each, a few hundred
to a folder, with a .gitignore and an ignored node_modules, all committed. Three of the components
hold the dead call. The two commands run in turn (A B A B ...), so that a slow moment of the
machine meets both, after one run of each that is not counted; it leaves callmend's modules
compiled, as an installation does. The medians of the wall times are printed, and their ratio, for
the whole tree and for one of 400 files. With `--python N` each tree has N Python files with the
call too, half of which are read in place and half adapted, and as many without it.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time

NEEDLE = "https://api.openai.com/v1/workflows/runs"
DEAD_CALLS = 3
FILES_PER_FOLDER = 150
SMALL_TREE = 400

#: A short component with the dead call as the user's specification has it.
DEAD_COMPONENT = """\
import { useState } from 'react';
import { config } from '../config';

type Message = { role: string; content: string };

export function AIAssistant({ fieldLabel, currentValue }: { fieldLabel: string; currentValue: string }) {
  const [messages, setMessages] = useState<Message[]>([]);
  const useWorkflow = Boolean(config.workflowId);

  const send = async (userMessage: string) => {
    let response: Response;
    if (useWorkflow) {
      // WORKFLOW MODE: Use ChatKit Workflows API
      // Include field context in the user message for workflow
      const contextualMessage = `Field: ${fieldLabel}\\\\nCurrent Value: ${currentValue || '(empty)'}\\\\n\\\\nUser Request: ${userMessage}`;

      // Build conversation history for workflow
      const conversationHistory = messages.map(m => ({
        role: m.role as 'user' | 'assistant',
        content: m.content
      }));

      response = await fetch('https://api.openai.com/v1/workflows/runs', {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          'Authorization': `Bearer ${config.apiKey}`
        },
        body: JSON.stringify({
          workflow_id: config.workflowId,
          input: {
            message: contextualMessage,
            conversation_history: conversationHistory
          }
        })
      });
    } else {
      response = await fetch('https://api.openai.com/v1/chat/completions', {
        method: 'POST',
        headers: { 'Authorization': `Bearer ${config.apiKey}` },
        body: JSON.stringify({ model: config.model, messages })
      });
    }

    const data = await response.json();
    let assistantMessage = '';
    if (useWorkflow) {
      // Workflow response format
      assistantMessage = data.output?.message || data.output || '';
      if (!assistantMessage) {
        console.error('[ChatKit] Workflow response:', data);
        throw new Error('No response received from workflow');
      }
    } else {
      assistantMessage = data.choices[0].message.content;
    }
    setMessages([...messages, { role: 'assistant', content: assistantMessage }]);
  };

  return <button onClick={() => send(currentValue)}>{fieldLabel}</button>;
}
"""  # noqa: E501 - a line of the specification is that long

#: Python modules with the call: read at one place, and read in more than one.
DEAD_MODULES = (
    """\
import os

import requests


def ask(question):
    response = requests.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
        json={"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}},
    )
    response.raise_for_status()
    return response.json()["output"]["message"]
""",
    """\
import os

import httpx


async def ask(client: httpx.AsyncClient, question):
    response = await client.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
        json={"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}},
    )
    response.raise_for_status()
    data = response.json()
    if "output_text" in data:
        return data["output_text"]
    return data
""",
)
#: A Python module that is read for the words of the call and holds none.
OTHER_MODULE = """\
import os


def names(folder):
    return sorted(name for name in os.listdir(folder) if name.endswith(".py"))
"""

NOUNS = [
    "account",
    "agent",
    "article",
    "asset",
    "basket",
    "billing",
    "board",
    "branch",
    "budget",
    "calendar",
    "card",
    "cart",
    "catalog",
    "channel",
    "chart",
    "client",
    "comment",
    "company",
    "contact",
    "course",
    "customer",
    "dashboard",
    "device",
    "document",
    "draft",
    "email",
    "event",
    "export",
    "feature",
    "feedback",
    "field",
    "file",
    "filter",
    "folder",
    "form",
    "gallery",
    "group",
    "history",
    "image",
    "import",
    "inbox",
    "invoice",
    "item",
    "job",
    "label",
    "layout",
    "lead",
    "ledger",
    "lesson",
    "library",
    "license",
    "list",
    "location",
    "manager",
    "media",
    "member",
    "menu",
    "message",
    "metric",
    "module",
    "note",
    "notice",
    "offer",
    "order",
    "page",
    "panel",
    "partner",
    "payment",
    "period",
    "plan",
    "player",
    "policy",
    "post",
    "price",
    "product",
    "profile",
    "project",
    "queue",
    "quote",
    "rating",
    "record",
    "region",
    "release",
    "report",
    "request",
    "review",
    "role",
    "room",
    "route",
    "rule",
    "sample",
    "schedule",
    "search",
    "section",
    "segment",
    "service",
    "session",
    "setting",
    "sheet",
    "shipment",
    "signup",
    "site",
    "stage",
    "status",
    "step",
    "store",
    "student",
    "summary",
    "survey",
    "table",
    "tag",
    "task",
    "team",
    "template",
    "thread",
    "ticket",
    "timeline",
    "token",
    "topic",
    "transfer",
    "trigger",
    "unit",
    "upload",
    "user",
    "value",
    "vendor",
    "version",
    "view",
    "visit",
    "voucher",
    "wallet",
    "widget",
    "window",
    "workflow",
    "workspace",
    "zone",
]
ADJECTIVES = [
    "active",
    "archived",
    "basic",
    "blank",
    "bulk",
    "busy",
    "clean",
    "closed",
    "compact",
    "current",
    "custom",
    "daily",
    "default",
    "detailed",
    "direct",
    "dirty",
    "draft",
    "empty",
    "expired",
    "external",
    "final",
    "first",
    "full",
    "global",
    "hidden",
    "inline",
    "internal",
    "large",
    "last",
    "local",
    "locked",
    "main",
    "manual",
    "mobile",
    "monthly",
    "nested",
    "new",
    "next",
    "old",
    "open",
    "optional",
    "pending",
    "pinned",
    "plain",
    "primary",
    "private",
    "public",
    "quick",
    "recent",
    "related",
    "remote",
    "required",
    "saved",
    "secondary",
    "selected",
    "shared",
    "short",
    "single",
    "small",
    "sorted",
    "special",
    "sticky",
    "total",
    "valid",
    "visible",
    "weekly",
]


def camel(*words: str) -> str:
    """The words as one camelCase name."""
    return words[0] + "".join(word.capitalize() for word in words[1:])


def component(rng: random.Random, number: int) -> str:
    """One React component of about 2 to 4 kB that calls an endpoint of its own."""
    noun = rng.choice(NOUNS)
    name = camel(rng.choice(ADJECTIVES), noun, rng.choice(NOUNS))
    name = name[0].upper() + name[1:] + str(number)
    fields = [camel(rng.choice(ADJECTIVES), rng.choice(NOUNS)) for _ in range(rng.randint(6, 14))]
    lines = [
        "import { useCallback, useEffect, useMemo, useState } from 'react';",
        f"import {{ format{noun.capitalize()} }} from '../../lib/format';",
        f"import {{ {name}Props }} from './types';",
        "",
        f"// Shows one {noun} and lets its owner change the {fields[0]}.",
        f"interface {name}State {{",
        *(f"  {field}: {rng.choice(['string', 'number', 'boolean'])};" for field in fields),
        "}",
        "",
        f"export function {name}({{ id, onChange }}: {name}Props) {{",
        f"  const [state, setState] = useState<{name}State | null>(null);",
        "  const [error, setError] = useState<string | null>(null);",
        "",
        "  useEffect(() => {",
        "    let cancelled = false;",
        f"    fetch(`/api/v1/{noun}s/${{id}}`, {{ headers: {{ Accept: 'application/json' }} }})",
        "      .then(response => response.json())",
        "      .then(data => { if (!cancelled) setState(data); })",
        "      .catch(reason => { if (!cancelled) setError(String(reason)); });",
        "    return () => { cancelled = true; };",
        "  }, [id]);",
        "",
    ]
    for field in fields[: rng.randint(3, 6)]:
        lines += [
            f"  const {field}Label = useMemo(() => {{",
            f"    if (!state) return '{rng.choice(ADJECTIVES)} {rng.choice(NOUNS)}';",
            f"    return format{noun.capitalize()}(state.{field}, {rng.randint(1, 900)});",
            "  }, [state]);",
            "",
            f"  const change{field[0].upper()}{field[1:]} = useCallback((value: string) => {{",
            f"    onChange?.({{ ...state, {field}: value, version: {rng.randint(1, 40)} }});",
            "  }, [state, onChange]);",
            "",
        ]
    lines += ['  if (error) return <p role="alert">{error}</p>;', "  return ("]
    # `run` is a part of one of the needles, and of a word that every fourth real component holds
    style = rng.choice(["flex", "grid", "truncate", "rounded"])
    lines += [f'    <section className="{noun}-{rng.choice(ADJECTIVES)} {style} p-4">']
    lines += [
        f'      <b title="{rng.choice(ADJECTIVES)} {rng.choice(NOUNS)}">{{state?.{field}}}</b>'
        for field in fields
    ]
    lines += ["    </section>", "  );", "}", ""]
    return "\n".join(lines)


def write(path: str, text: str) -> None:
    """Write the text, making the folders above it."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def git(top: str, *arguments: str) -> None:
    """Run git in the tree, apart from the configuration of whoever runs the benchmark."""
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", "-C", top, *arguments], check=True, env=environment)


def make_tree(top: str, files: int, modules: int) -> None:
    """Make and commit the tree; the same numbers give the same bytes."""
    rng = random.Random(f"callmend-{files}")
    dead = {files * (2 * index + 1) // (2 * DEAD_CALLS) for index in range(DEAD_CALLS)}
    for number in range(files):
        folder = f"src/{NOUNS[number // FILES_PER_FOLDER % len(NOUNS)]}/part{number // 1200}"
        text = DEAD_COMPONENT if number in dead else component(rng, number)
        write(os.path.join(top, folder, f"Component{number}.tsx"), text)
    for number in range(200):
        write(os.path.join(top, f"node_modules/lib{number}/index.js"), component(rng, number))
    for number in range(modules):
        text = DEAD_MODULES[number % len(DEAD_MODULES)]
        write(os.path.join(top, f"api/part{number // 100}/agent{number}.py"), text)
        write(os.path.join(top, f"api/part{number // 100}/names{number}.py"), OTHER_MODULE)
    write(os.path.join(top, ".gitignore"), "node_modules/\ndist/\n*.log\n")
    git(top, "init", "--quiet", "--initial-branch=main")
    git(top, "add", ".")
    identity = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@example.invalid")
    git(top, *identity, "commit", "--quiet", "--message", "tree")


def seconds(command: list[str], top: str) -> float:
    """Wall time of one run, in seconds; a run that failed ends the benchmark."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    begin = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=top,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    elapsed = time.perf_counter() - begin
    if done.returncode not in {0, 1}:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}")
    return elapsed


def compare(top: str, files: int, runs: int) -> None:
    """Time the two commands in turn on the tree and print the medians."""
    commands = {
        "git grep": ["git", "grep", "-lF", NEEDLE],
        "callmend": [sys.executable, "-m", "callmend", "diff"],
    }
    for command in commands.values():
        seconds(command, top)
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            times[name].append(seconds(command, top))
    medians = {name: statistics.median(values) * 1000 for name, values in times.items()}
    print(
        f"{files:>6} files   git grep -lF {medians['git grep']:6.0f} ms   "
        f"callmend diff {medians['callmend']:6.0f} ms   "
        f"ratio {medians['callmend'] / medians['git grep']:.2f}   (medians of {runs} runs)"
    )


def main() -> None:
    """Make the trees where they are missing, time, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--files", type=int, default=12_000, help="files in the large tree")
    parser.add_argument("--runs", type=int, default=7, help="counted runs of each command")
    parser.add_argument("--python", type=int, default=0, help="Python files with the dead call")
    parser.add_argument("--keep", metavar="DIR", help="make the trees here and leave them")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="callmend-benchmark-") as temporary:
        for files in (options.files, SMALL_TREE):
            top = os.path.join(options.keep or temporary, f"tree-{files}-{options.python}")
            if not os.path.isdir(os.path.join(top, ".git")):
                make_tree(top, files, options.python)
            compare(top, files, options.runs)


if __name__ == "__main__":
    main()
