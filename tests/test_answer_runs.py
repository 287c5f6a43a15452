"""What the interpreter makes of code that reads an answer is what Node makes of it."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from callmend.languages.ecmascript.answer_runs import AnswerRun, response_of
from callmend.languages.ecmascript.answer_values import made, parsed
from callmend.languages.ecmascript.interpreter import every_way
from callmend.languages.ecmascript.js_values import UNDEFINED
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readings import What
from callmend.languages.ecmascript.tree import descendants, text
from callmend.source import Language, SourceFile
from tests.tools import environment, node

#: Bodies of functions that read an answer `data`, which is `{ n: 3, ok: true, list: [...] }`.
_BODIES = (
    # lists
    "return [3, 1, 2].sort((a, b) => a - b);",
    "const l = [3, 1, 2]; l.toSorted((a, b) => b - a); return l;",
    "const l = [1, 2]; l.reverse(); return l;",
    "const l = [1, 2]; return [l.toReversed(), l];",
    "return [1, [2, [3, [4]]]].flat();",
    "return [1, [2, [3, [4]]]].flat(2);",
    "return [[1], 2].flatMap((x) => [x, x]);",
    "return ['a', 'b', 'a'].lastIndexOf('a');",
    "return ['a', 'b'].indexOf('c');",
    "const l = [1, 2, 3, 4]; const cut = l.splice(1, 2, 9); return [l, cut];",
    "const l = [2]; l.unshift(0, 1); return l;",
    "return [1, 2, 3].reduce((a, b) => a + b);",
    "return [1, 2, 3].reduce((a, b) => a + b, 10);",
    "return ['a', 'b'].reduceRight((all, s) => all + s, '');",
    "return [[1, 2, 3].every((x) => x > 0), [1, 2].every((x) => x > 1)];",
    "return [[1, 2].some((x) => x > 1), [].some((x) => x)];",
    "return [[1, 2, 3].findLast((x) => x < 3), [1].find((x) => x > 1) ?? 'none'];",
    "return [[1, 2, 3].findIndex((x) => x > 1), [1].findLastIndex((x) => x > 1)];",
    "return [...['a', 'b'].entries()];",
    "return [1, null, undefined, 'x'].join('-');",
    "return String([1, [2, 3]]);",
    "return data.list.filter((x) => x.kind !== 'b').map(({ kind }) => kind);",
    "return Array.from(data.list, (x) => x.kind);",
    "const [, second] = data.list; return second.kind;",
    "const [first, ...rest] = data.list; return [first.kind, rest.length];",
    # objects
    "return Object.keys(data);",
    "return Object.entries({ a: 1, b: [2] });",
    "return Object.fromEntries([['a', 1], ['b', 2]]);",
    "return Object.assign({}, { a: 1 }, { a: 2, b: 3 });",
    "const { n, ...rest } = data; return [n, Object.keys(rest)];",
    "return { ...{ a: 1, b: 2 }, b: 3 };",
    "const names = []; for (const name in { a: 1, b: 2 }) names.push(name); return names;",
    "const places = []; for (const place in ['x', 'y']) places.push(place); return places;",
    "const copy = structuredClone(data); copy.n = 4; return [data.n, copy.n];",
    "const copy = JSON.parse(JSON.stringify(data)); copy.list.pop(); return data.list.length;",
    "return ['n' in data, 'm' in data, data.hasOwnProperty('n'), Object.hasOwn(data, 'm')];",
    "const kept = {}; kept['a'] ??= 1; kept.a ??= 2; return kept;",
    "return data['list'][0]['kind'];",
    # what is not there
    "return [data.error === null, data.error == null, data.error !== undefined];",
    "return [undefined === null, null !== undefined, null == undefined];",
    "return data.status_code >= 400;",
    "return typeof data.missing;",
    "return data.missing?.deep.deeper ?? 'none';",
    "return data.missing?.call?.() ?? 'none';",
    "try { return data.missing.deep; } catch { return 'threw'; }",
    "try { return data.n.map((x) => x); } catch { return 'threw'; }",
    "try { for (const x of data.missing) return x; return 'none'; } catch { return 'threw'; }",
    "return [data instanceof Array, data.list instanceof Array, data instanceof Object];",
    "return [data.constructor === Object, data.list.constructor.name];",
    "return [Number(data.missing) === 0, Number('7') === 7, Number(null), Number(true)];",
    "return [isNaN(Number(data.missing)), Object.is(1, 1), Object.is(data.missing, 0)];",
    "return [Number(data.missing) ? 'yes' : 'no', Number(data.missing) > 1, 1 > undefined];",
    # statements
    "all: for (const a of [1, 2]) { for (const b of [1, 2]) if (b > 1) continue all; } return 1;",
    "let n = 0; out: while (true) { while (true) { n++; if (n > 2) break out; } } return n;",
    "switch (data.n) { case 1: return 'one'; case 3: { return 'three'; } default: return 'many'; }",
    "let all = ''; for (let i = 0; i < 3; i++) { if (i === 1) continue; all += i; } return all;",
    "try { throw new Error('no'); } catch (e) { return e.message; } finally { data.n = 0; }",
    # functions
    "const f = (n) => (n < 2 ? 1 : f(n - 1) * n); return f(5);",
    "function f(v) { const own = v.t; (v.c ?? []).map(f); return own; }"
    " return f({ t: 1, c: [{ t: 2 }] });",
    "const f = (v, n = 0) => { const own = n; for (const c of v) f(c, n + 1); return own; };"
    " return f([[], [[]]]);",
    "let n = 0; const count = () => { n++; return n; }; count(); return count();",
    "const { a = 1, b: { c = 2 } = {} } = { b: undefined }; return [a, c];",
    "const f = ({ x, ...more } = { x: 1, y: 2 }, ...rest) => [x, more, rest]; return f();",
    "return ((a, b = a + 1) => [a, b])(1);",
    "return [1, 2].map(String);",
    "return [0, 1, '', 'x'].filter(Boolean);",
    "return `${[1, 2]} ${null} ${undefined} ${true}`;",
    "return '1' + 2 + 3;",
    "return 1 + 2 + '3';",
    "return [typeof null, typeof [], typeof (() => 1), typeof undefined, typeof 1, typeof 'x'];",
    "return ['a', 'b'].at(-1) + 'abc'.at(-1) + 'abc'[0];",
    "return [!!'', !![], !!0, !!{}, !!null];",
    "return [null ?? 1, 0 ?? 1, 0 || 1, '' && 1];",
    "return 'a,b,c'.split(',').map((x, i) => x + i).join('|');",
    "return 'Some Text'.toLowerCase().includes('text');",
    # classes, maps, sets, promises
    "class A { x = 1; get y() { return this.x + 1; } z() { return this.y; } } return new A().z();",
    "class A { #x; constructor(x) { this.#x = x; } x() { return this.#x; } } return new A(5).x();",
    "class A { static of(x) { return x + 1; } } return A.of(1);",
    "const m = new Map([['a', 1]]); m.set('b', 2); return [m.get('b'), m.has('c'), m.size];",
    "return [...new Set(['a', 'b', 'a'])];",
    "return [...new Map([['a', 1]]).entries()];",
    "return new Set([1, 2]).has(3);",
    "return await new Promise((done) => done(7));",
    "return await Promise.all([1, Promise.resolve(2)]);",
    "return (await Promise.allSettled([1]))[0].value;",
    "return await Promise.resolve(1).then((x) => x + 1).finally(() => 9);",
    "let t = 0; await Promise.resolve(2).then((x) => { t = x; }).then(() => { t++; }); return t;",
    "const twice = (f) => (x) => f(f(x)); return twice((x) => x * 2)(3);",
    "function* g() { yield 1; yield* [2, 3]; } return [...g()];",
)
_CODE = b"{ n: 3, ok: true, list: [{ kind: 'a' }], text }"
_DATA = '{ n: 3, ok: true, list: [{ kind: "a" }, { kind: "b" }], text: "t" }'


def _ran(body: str) -> Any:
    """What the interpreter gives for a body."""
    source = f"async function read() {{\n  const data = await dead();\n  {body}\n}}\n"
    program = Program(SourceFile("a.js", source.encode()), Language.JAVASCRIPT)
    [call] = [n for n in descendants(program.tree.root) if text(n) == b"dead()"]
    answer = made(parsed(_CODE), {})
    answer.value["list"].append({"kind": "b"})

    def run(oracle: Any) -> AnswerRun:
        machine = AnswerRun(program, oracle, answer)
        machine.enters(call, response_of(answer, What.BODY))
        return machine

    [machine] = every_way(run)
    assert not machine.ended.threw
    return None if machine.ended.returned is UNDEFINED else machine.ended.returned


@pytest.fixture(scope="module")
def by_node() -> list[Any]:
    """What Node gives for each body."""
    functions = ",\n".join(f"async (data) => {{ {body} }}" for body in _BODIES)
    script = (
        f"const all = [{functions}];\nconst gave = [];\n"
        f"for (const one of all) gave.push((await one({_DATA})) ?? null);\n"
        "console.log(JSON.stringify(gave));\n"
    )
    done = subprocess.run(
        [node(), "--input-type=module", "-e", script],
        capture_output=True,
        check=True,
        env=environment(),
        timeout=60,
    )
    found: list[Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("number", range(len(_BODIES)), ids=_BODIES)
def test_gives_what_node_gives(by_node: list[Any], number: int) -> None:
    assert json.loads(json.dumps(_ran(_BODIES[number]))) == by_node[number]
