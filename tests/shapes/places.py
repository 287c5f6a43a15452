"""Where a composed program has its call: each framework's head, entry, answer and failure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ENV_KEY, ENV_ID = "process.env.OPENAI_API_KEY", "process.env.WORKFLOW_ID"


@dataclass(frozen=True)
class Place:
    """One place. Code is in TypeScript where it stands in angle brackets: `req<: Request>`.

    ``takes`` reads `message`, `history` and `lang`; ``answers`` and ``hands_on`` have `$X` for what
    they give, ``fails`` is a statement that leaves. ``at`` is where the answer shows up, ``whole``
    where what is handed on whole does.
    """

    name: str
    head: tuple[str, ...]
    opens: tuple[str, ...]
    takes: tuple[str, ...]
    answers: str
    hands_on: str
    fails: str
    closes: tuple[str, ...]
    drive: Mapping[str, Any]
    at: str = "response.json.reply"
    whole: str = "response.json"
    key: str = ENV_KEY
    identity: str = ENV_ID
    text: str | None = None
    common: bool = False
    taken: frozenset[str] = field(default_factory=frozenset)
    given: str = "body"


_TAKEN = "const { message, history, lang } = "


def _web(
    name: str,
    opens: tuple[str, ...],
    given: str,
    closes: tuple[str, ...],
    drive: Mapping[str, Any],
    *,
    head: tuple[str, ...] = (),
    key: str = ENV_KEY,
    identity: str = ENV_ID,
) -> Place:
    """A place that gives a standard `Response`."""
    return Place(
        name,
        head,
        opens,
        (f"{_TAKEN}{given};",),
        "return Response.json({ reply: $X });",
        "return Response.json($X);",
        "return Response.json({ error: 'failed' }, { status: 502 });",
        closes,
        drive,
        key=key,
        identity=identity,
        text="return new Response($X, { headers: { 'Content-Type': 'application/json' } });",
    )


PLACES = (
    Place(
        "next-route",
        ("import { NextResponse } from 'next/server';",),
        ("export async function POST(req<: Request>) {",),
        (f"{_TAKEN}await req.json();",),
        "return NextResponse.json({ reply: $X });",
        "return NextResponse.json($X);",
        "return NextResponse.json({ error: 'failed' }, { status: 502 });",
        ("}",),
        {"driver": "next-route"},
        text="return new NextResponse($X, { headers: { 'Content-Type': 'application/json' } });",
    ),
    Place(
        "pages-api",
        (),
        ("export default async function handler(req<: any>, res<: any>) {",),
        (f"{_TAKEN}req.body;",),
        "return res.status(200).json({ reply: $X });",
        "return res.status(200).json($X);",
        "return res.status(502).json({ error: 'failed' });",
        ("}",),
        {"driver": "pages-api"},
        text="return res.status(200).send($X);",
        taken=frozenset({"res"}),
    ),
    Place(
        "express",
        (
            "const express = require('express');",
            "const app = express();",
            "app.use(express.json());",
        ),
        ("app.post('/chat', async (req, res) => {",),
        (f"{_TAKEN}req.body;",),
        "return res.json({ reply: $X });",
        "return res.json($X);",
        "return res.status(502).json({ error: 'failed' });",
        ("});", "app.listen(3000);"),
        {"driver": "express", "call": "/chat"},
        text="return res.send($X);",
        common=True,
        taken=frozenset({"res"}),
    ),
    _web(
        "cloudflare",
        (
            "export default {",
            "  async fetch(request<: Request>, env<: any>)<: Promise<Response>> {",
        ),
        "<(>await request.json()< as any)>",
        ("  },", "};"),
        {"driver": "cloudflare"},
        key="env.OPENAI_API_KEY",
        identity="env.WORKFLOW_ID",
    ),
    Place(
        "netlify",
        (),
        ("exports.handler = async (event) => {",),
        (f"{_TAKEN}JSON.parse(event.body);",),
        "return { statusCode: 200, body: JSON.stringify({ reply: $X }) };",
        "return { statusCode: 200, body: JSON.stringify($X) };",
        "return { statusCode: 502, body: JSON.stringify({ error: 'failed' }) };",
        ("};",),
        {"driver": "netlify"},
        text="return { statusCode: 200, body: $X };",
        common=True,
    ),
    _web(
        "vercel-edge",
        ("export default async function handler(req<: Request>)<: Promise<Response>> {",),
        "await req.json()",
        ("}",),
        {"driver": "edge"},
        head=("export const config = { runtime: 'edge' };",),
    ),
    _web(
        "deno",
        ("Deno.serve(async (req<: Request>) => {",),
        "await req.json()",
        ("});",),
        {"driver": "deno"},
        key="Deno.env.get('OPENAI_API_KEY')",
        identity="Deno.env.get('WORKFLOW_ID')",
    ),
    Place(
        "sveltekit",
        ("import { json } from '@sveltejs/kit';",),
        ("export const POST = async ({ request }<: { request: Request }>) => {",),
        (f"{_TAKEN}await request.json();",),
        "return json({ reply: $X });",
        "return json($X);",
        "return json({ error: 'failed' }, { status: 502 });",
        ("};",),
        {"driver": "sveltekit"},
    ),
    Place(
        "helper",
        (),
        ("export async function ask(message<: string>, history<: any[]>, lang<: string>) {",),
        (),
        "return $X;",
        "return $X;",
        "throw new Error('failed');",
        ("}",),
        {"driver": "function", "call": "ask"},
        at="returned",
        whole="returned",
        given="arguments",
    ),
    Place(
        "arrow-helper",
        (),
        ("export const ask = async (message<: string>, history<: any[]>, lang<: string>) => {",),
        (),
        "return $X;",
        "return $X;",
        "return null;",
        ("};",),
        {"driver": "function", "call": "ask"},
        at="returned",
        whole="returned",
        given="arguments",
    ),
    Place(
        "class-method",
        (),
        (
            "export class Bot {",
            "  async ask(message<: string>, history<: any[]>, lang<: string>) {",
        ),
        (),
        "return $X;",
        "return $X;",
        "throw new Error('failed');",
        ("  }", "}"),
        {"driver": "class", "call": "Bot.ask"},
        at="returned",
        whole="returned",
        given="arguments",
    ),
    Place(
        "class-fields",
        (),
        (
            "export class Agent {",
            "  key = process.env.OPENAI_API_KEY;",
            "  workflow = process.env.WORKFLOW_ID;",
            "  async ask(message<: string>, history<: any[]>, lang<: string>) {",
        ),
        (),
        "return $X;",
        "return $X;",
        "throw new Error('failed');",
        ("  }", "}"),
        {"driver": "class", "call": "Agent.ask"},
        at="returned",
        whole="returned",
        key="this.key",
        identity="this.workflow",
        given="arguments",
    ),
    Place(
        "script",
        (),
        ("async function main() {",),
        ("const message = process.argv[2];", "const history = [];", "const lang = 'en';"),
        "console.log($X || 'No answer');",
        "console.log(JSON.stringify($X));",
        "throw new Error('failed');",
        (
            "}",
            "main().catch((problem) => {",
            "  console.error(problem.message);",
            "  process.exit(1);",
            "});",
        ),
        {"driver": "script"},
        at="stdout",
        whole="stdout",
        given="argv",
    ),
)
