"""The scope analyser: which declaration each name refers to, and which uses assign.

A source marks names with digits: `a1` is the declaration that the uses of `a` marked `a1x` must
refer to. What is marked `a0x` must refer to no declaration of the file.
"""

from __future__ import annotations

import re

import pytest
from tree_sitter import Node

from callmend.languages.ecmascript.scopes import Binding, Kind, Scopes
from callmend.languages.ecmascript.tree import Tree, text
from callmend.source import Language

_MARK = re.compile(rb"\b([a-z]+)_(\d+)(x?)\b")


def scopes_of(source: str, language: Language = Language.TSX) -> tuple[Tree, Scopes]:
    """A source's tree and scopes."""
    tree = Tree(source.encode(), language)
    return tree, Scopes(tree)


def check(marked: str, language: Language = Language.TSX) -> None:
    """Check every mark of a source.

    Raises:
        AssertionError: a use refers to another declaration than its mark says.
    """
    plain = bytearray()
    places: dict[int, tuple[int, bool]] = {}
    position = 0
    data = marked.encode()
    for match in _MARK.finditer(data):
        plain += data[position : match.start()]
        places[len(plain)] = (int(match[2]), match[3] == b"x")
        plain += match[1]
        position = match.end()
    plain += data[position:]
    tree = Tree(bytes(plain), language)
    assert not tree.root.has_error, bytes(plain)
    scopes = Scopes(tree)
    declared: dict[int, Binding] = {}
    uses: list[tuple[int, Node]] = []
    for node in tree.nodes:
        if node.start_byte not in places or node.child_count:
            continue
        number, is_use = places[node.start_byte]
        if is_use:
            uses.append((number, node))
        else:
            binding = scopes.binding(node)
            assert binding is not None, f"{text(node)!r} at {node.start_byte} declares nothing"
            assert declared.setdefault(number, binding) is binding
    assert len(uses) + len(declared) >= len({number for number, _ in places.values()})
    for number, node in uses:
        expected = declared.get(number)
        line = node.start_point[0] + 1
        found = scopes.binding(node)
        assert found is expected, f"{text(node)!r} in line {line}: {found}, not {expected}"
        if expected is None:
            assert node in scopes.free[text(node)]
        else:
            assert node in expected.references


RESOLVED = {
    "use-in-the-same-block": "const a_1 = 1; use(a_1x);",
    "use-in-an-inner-block": "const a_1 = 1; { use(a_1x); }",
    "use-in-a-closure": "const a_1 = 1; const f = () => a_1x;",
    "use-in-a-nested-closure": "const a_1 = 1; function f() { return () => { return a_1x; }; }",
    "block-shadows": "const a_1 = 1; { const a_2 = 2; use(a_2x); } use(a_1x);",
    "block-shadows-also-above-its-declaration": "const a_1 = 1; { use(a_2x); const a_2 = 2; }",
    "let-is-not-seen-outside-of-its-block": "{ let a_1 = 1; use(a_1x); } use(a_0x);",
    "var-is-seen-outside-of-its-block": "{ var a_1 = 1; } use(a_1x);",
    "var-is-hoisted-to-its-function": (
        "function f() { if (b) { var a_1 = 1; } use(a_1x); } use(a_0x);"
    ),
    "var-is-hoisted-above-its-declaration": "use(a_1x); var a_1 = 1;",
    "var-in-a-loop-is-hoisted": "for (var a_1 = 0; a_1x < 3; a_1x++) {} use(a_1x);",
    "var-in-an-arrow-is-its-own": "const f = () => { var a_1 = 1; return a_1x; }; use(a_0x);",
    "var-in-a-method-is-its-own": "class C { m() { var a_1 = 1; return a_1x; } } use(a_0x);",
    "var-twice-is-one": "var a_1 = 1; var a_1 = 2; use(a_1x);",
    "function-is-hoisted": "use(a_1x()); function a_1() {}",
    "function-in-a-block": "{ use(a_1x()); function a_1() {} }",
    "function-sees-itself": "function a_1() { return a_1x; }",
    "async-generator-function": "async function* a_1() { yield a_1x; } use(a_1x);",
    "function-expression-sees-its-own-name": (
        "const f = function a_1() { return a_1x; }; use(a_0x);"
    ),
    "function-expressions-name-shadows": (
        "const a_1 = 1; const f = function a_2() { return a_2x; }; use(a_1x);"
    ),
    "class": "class a_1 {} use(new a_1x());",
    "class-sees-itself": "class a_1 { m() { return a_1x; } }",
    "class-expression-sees-its-own-name": (
        "const f = class a_1 { m() { return a_1x; } }; use(a_0x);"
    ),
    "abstract-class": "abstract class a_1 {} use(a_1x);",
    "class-that-extends": "class a_1 {} class B extends a_1x {}",
    "field-value": "const a_1 = 1; class C { b = a_1x; static c = a_1x; }",
    "field-name-is-no-use": "const a_1 = 1; class C { a = 2; m() { return a_1x; } }",
    "static-block": "class C { static { let a_1 = 1; use(a_1x); } } use(a_0x);",
    "var-in-a-static-block": "class C { static { { var a_1 = 1; } use(a_1x); } } use(a_0x);",
    "parameter": "function f(a_1) { return a_1x; } use(a_0x);",
    "parameter-of-an-arrow-without-parentheses": "const f = a_1 => a_1x; use(a_0x);",
    "parameter-of-an-async-arrow": "const f = async a_1 => { await a_1x; };",
    "parameter-of-a-method": "class C { m(a_1) { return a_1x; } set b(a_2) { use(a_2x); } }",
    "parameter-of-an-object-method": "const o = { m(a_1) { return a_1x; }, n: a_0x };",
    "parameter-of-a-constructor": "class C { constructor(private a_1: string) { use(a_1x); } }",
    "optional-parameter": "function f(a_1?: string) { return a_1x; }",
    "rest-parameter": "function f(...a_1) { return a_1x; }",
    "default-of-a-parameter-is-a-use": "const a_1 = 1; function f(b = a_1x) {}",
    "default-sees-the-parameter-before": "const a_1 = 1; function f(a_2, b = a_2x) {}",
    "default-sees-the-parameter-behind-in-an-arrow": "const f = (b = () => a_1x, a_1 = 2) => b;",
    "parameter-shadows": "const a_1 = 1; function f(a_2) { { use(a_2x); } } use(a_1x);",
    "parameter-in-a-pattern": "function f({ a_1, b: { c: [d_2] } }) { use(a_1x, d_2x); }",
    "parameter-in-a-pattern-with-default": (
        "function f({ a_1 = 1, ...b_2 } = {}) { use(a_1x, b_2x); }"
    ),
    "parameter-of-a-type-is-no-parameter": "type F = (a: string) => void; use(a_0x);",
    "parameter-of-a-signature-is-no-parameter": "interface I { m(a: string): void } use(a_0x);",
    "parameter-of-an-overload-is-its-own": (
        "function f(a: string): void;\nfunction f(a_1: any) { use(a_1x); } use(a_0x);"
    ),
    "object-pattern": "const { a_1, b: c_2 } = o; use(a_1x, c_2x, b_0x);",
    "object-pattern-with-defaults": (
        "const d_3 = 1; const { a_1 = d_3x, b: c_2 = d_3x } = o; use(a_1x, c_2x);"
    ),
    "object-pattern-with-computed-key": "const k_2 = 'a'; const { [k_2x]: a_1 } = o; use(a_1x);",
    "object-pattern-with-rest": "const { a_1, ...b_2 } = o; use(a_1x, b_2x);",
    "array-pattern": "const [a_1, , b_2 = 1, ...c_3] = o; use(a_1x, b_2x, c_3x);",
    "nested-pattern": "const { a: [{ b_1 }], c: { d: e_2 } } = o; use(b_1x, e_2x, a_0x, d_0x);",
    "let-without-value": "let a_1; a_1x = 2; use(a_1x);",
    "several-in-one-declaration": "let a_1 = 1, b_2 = a_1x; use(b_2x);",
    "catch": "try {} catch (a_1) { use(a_1x); } use(a_0x);",
    "catch-pattern": "try {} catch ({ message: a_1 }) { use(a_1x); }",
    "catch-shadows": "const a_1 = 1; try { use(a_1x); } catch (a_2) { { use(a_2x); } }",
    "catch-without-name": "const a_1 = 1; try {} catch { use(a_1x); } finally { use(a_1x); }",
    "for-let": "for (let a_1 = 0; a_1x < 2; a_1x++) { use(a_1x); } use(a_0x);",
    "for-of": "for (const a_1 of b_0x) { use(a_1x); } use(a_0x);",
    "for-of-pattern": "for (const [a_1, { b_2 }] of c) { use(a_1x, b_2x); }",
    "for-await": "async function f() { for await (const a_1 of b) use(a_1x); }",
    "for-in": "for (const a_1 in b) { use(a_1x); }",
    "for-of-var-is-hoisted": "for (var a_1 of b) {} use(a_1x);",
    "for-of-assigns": "let a_1; for (a_1x of b) {} use(a_1x);",
    "for-body-shadows": "for (let a_1 = 0; a_1x < 2; a_1x++) { let a_2 = 1; use(a_2x); }",
    "switch-is-one-scope": (
        "switch (b) { case 1: let a_1 = 1; break; default: use(a_1x); } use(a_0x);"
    ),
    "switch-value-is-outside": "const a_1 = 1; switch (a_1x) { case a_2x: let a_2 = 1; }",
    "import-default": "import a_1 from 'm'; use(a_1x);",
    "import-named": "import { a_1, b_2 } from 'm'; use(a_1x, b_2x);",
    "import-renamed": "import { a as b_1, default as c_2 } from 'm'; use(b_1x, c_2x, a_0x);",
    "import-namespace": "import * as a_1 from 'm'; use(a_1x);",
    "import-both": "import a_1, { b_2 } from 'm'; use(a_1x, b_2x);",
    "import-is-seen-in-functions": "import { a_1 } from 'm'; function f() { return a_1x; }",
    "import-is-shadowed": "import { a_1 } from 'm'; function f(a_2) { return a_2x; } use(a_1x);",
    "import-equals": "import a_1 = require('m'); use(a_1x);",
    "export-of-a-name": "const a_1 = 1; export { a_1x };",
    "export-default": "const a_1 = 1; export default a_1x;",
    "export-of-a-declaration": (
        "export const a_1 = 1; use(a_1x); export function f_2() {} use(f_2x);"
    ),
    "enum": "enum a_1 { b } use(a_1x);",
    "namespace": "namespace a_1 { export const b = 1; } use(a_1x);",
    "shorthand-is-a-use": "const a_1 = 1; const o = { a_1x };",
    "key-is-no-use": "const a_1 = 1; const o = { a: 2, 'a': 3, [a_1x]: 4 };",
    "member-is-no-use": "const a_1 = 1; use(b.a, b?.a, a_1x.a);",
    "label-is-no-use": "const a_1 = 1; a: for (;;) { use(a_1x); break a; }",
    "jsx-tag": "const a_1 = 1; const Name_0 = 1;".replace("Name_0", "other")
    + " const e = <p title={a_1x}>{a_1x}</p>;",
    "jsx-spread": "const a_1 = {}; const e = <p {...a_1x} />;",
    "jsx-attribute-name-is-no-use": "const a_1 = 1; const e = <p a={a_1x} />;",
    "template": "const a_1 = 1; const b = `${a_1x} a ${`${a_1x}`}`;",
    "tagged-template": "const a_1 = 1; const b = a_1x`text`;",
    "typeof": "const a_1 = 1; type T = typeof a_1x;",
    "type-of-the-same-name-is-another": "const a_1 = 1; type a = string; use(a_1x);",
    "generic-call": "const a_1 = 1; use<string>(a_1x);",
    "satisfies-and-as": "const a_1 = 1; use(a_1x as any, a_1x satisfies any, a_1x!);",
    "decorator": "const a_1 = (c: any) => c; @a_1x class C { @a_1x m() {} }",
    "spread": "const a_1 = []; use(...a_1x, [...a_1x], { ...a_1x });",
    "yield-and-await": "const a_1 = 1; async function* f() { yield a_1x; await a_1x; }",
    "arguments-of-a-new": "const a_1 = 1; new Date(a_1x);",
    "optional-chain": "const a_1 = {}; a_1x?.b?.[a_1x]?.(a_1x);",
    "comma-and-condition": "const a_1 = 1; use((a_1x, a_1x ? a_1x : a_1x));",
    "deeply-nested-functions": "const a_1 = 1; " + "() => {" * 40 + "use(a_1x);" + "}" * 40,
    "non-ascii-text-in-front": "const s = 'é😀漢'; const a_1 = 1; use(a_1x);",
}


@pytest.mark.parametrize("marked", RESOLVED.values(), ids=RESOLVED.keys())
def test_each_name_refers_to_its_declaration(marked: str) -> None:
    check(marked)


def test_a_cast_in_angle_brackets_is_a_use() -> None:
    check("const a_1 = 1; use(<any>a_1x);", Language.TYPESCRIPT)


def test_a_non_ascii_name_is_a_name() -> None:
    tree, scopes = scopes_of("const größe = 1; use(größe, ключ);")
    binding = scopes.root.bindings["größe".encode()]
    assert len(binding.references) == 1
    assert "ключ".encode() in scopes.free
    assert tree.root.type == "program"


WRITES = {
    "never": ("let a = 1; use(a);", 0),
    "assigned": ("let a = 1; a = 2;", 1),
    "assigned-in-parentheses": ("let a = 1; (a) = 2;", 1),
    "assigned-behind-a-cast": ("let a = 1; (a as any) = 2;", 1),
    "assigned-non-null": ("let a = 1; a! = 2;", 1),
    "chained": ("let a = 1, b; b = a = 2;", 1),
    "added-to": ("let a = 1; a += 2;", 1),
    "nullish-assigned": ("let a; a ??= 2; a ||= 3; a &&= 4;", 3),
    "counted-up": ("let a = 1; a++; ++a; a--;", 3),
    "in-an-object-pattern": ("let a; ({ a } = o);", 1),
    "in-an-object-pattern-with-default": ("let a; ({ a = 1 } = o);", 1),
    "in-an-object-pattern-renamed": ("let a; ({ b: a } = o);", 1),
    "in-an-object-pattern-renamed-with-default": ("let a; ({ b: a = 1 } = o);", 1),
    "in-an-array-pattern": ("let a; [a] = o;", 1),
    "in-an-array-pattern-with-default": ("let a; [a = 1] = o;", 1),
    "in-a-rest": ("let a; [...a] = o; ({ ...a } = o);", 2),
    "in-a-nested-pattern": ("let a; [{ b: [a] }] = o;", 1),
    "by-for-of": ("let a; for (a of o) {}", 1),
    "by-for-in": ("let a; for (a in o) {}", 1),
    "by-for-of-with-a-pattern": ("let a; for ({ a } of o) {}", 1),
    "in-a-closure": ("let a = 1; const f = () => { a = 2; };", 1),
    "in-a-condition": ("let a; if (a = next()) {}", 1),
    "in-an-argument": ("let a; use(a = 2);", 1),
    "var-declared-twice": ("var a = 1; var a = 2;", 1),
    "parameter-assigned": ("function f(a) { a = 2; }", 1),
    "member-assigned-is-no-write": ("const a = {}; a.b = 1; a['c'] = 2; a.b++; delete a.b;", 0),
    "read-on-the-right": ("let a = 1, b; b = a; b += a; [b] = [a]; ({ b } = { b: a });", 0),
    "read-as-a-default-in-a-pattern": ("let a = 1, b; [b = a] = o; ({ b = a } = o);", 0),
    "read-as-a-computed-key-in-a-pattern": ("let a = 'k', b; ({ [a]: b } = o);", 0),
    "read-as-a-subscript-of-a-target": ("let a = 0; list[a] = 1; list[a].b = 2;", 0),
    "read-in-what-for-of-goes-through": ("let a = []; for (const b of a) {}", 0),
    "read-by-minus": ("let a = 1; use(-a, !a, typeof a, void a);", 0),
    "another-of-the-same-name": ("let a = 1; { let a = 2; a = 3; }", 0),
}


@pytest.mark.parametrize(("source", "count"), WRITES.values(), ids=WRITES.keys())
def test_the_uses_that_assign_are_the_writes(source: str, count: int) -> None:
    tree, scopes = scopes_of(source)
    assert not tree.root.has_error
    bindings = [scopes.binding(node) for node in tree.nodes if text(node) == b"a"]
    first = next(binding for binding in bindings if binding is not None)

    assert len(first.writes) == count
    assert first.is_stable is (count == 0)


def test_a_write_to_an_undeclared_name_is_a_write() -> None:
    tree, scopes = scopes_of("a = 1; use(a);")
    first, second = scopes.free[b"a"]
    assert (scopes.is_write(first), scopes.is_write(second)) == (True, False)
    assert tree.root.type == "program"


KINDS = {
    "const a = 1;": Kind.CONST,
    "let a = 1;": Kind.LET,
    "var a = 1;": Kind.VAR,
    "function f(a) {}": Kind.PARAMETER,
    "const f = a => 1;": Kind.PARAMETER,
    "function a() {}": Kind.FUNCTION,
    "class a {}": Kind.CLASS,
    "import a from 'm';": Kind.IMPORT,
    "import { a } from 'm';": Kind.IMPORT,
    "import * as a from 'm';": Kind.IMPORT,
    "enum a {}": Kind.OTHER,
    "for (const a of b) {}": Kind.CONST,
    "for (let a in b) {}": Kind.LET,
    "for (var a of b) {}": Kind.VAR,
    "try {} catch (a) {}": Kind.LET,
}


@pytest.mark.parametrize(("source", "kind"), KINDS.items(), ids=KINDS.keys())
def test_a_binding_knows_how_it_was_declared(source: str, kind: Kind) -> None:
    tree, scopes = scopes_of(source)
    [binding] = {b for node in tree.nodes if (b := scopes.binding(node)) and b.name == b"a"}
    assert binding.kind is kind


def test_names_in_a_subtree_are_uses_and_not_declarations() -> None:
    tree, scopes = scopes_of("const { a, b: c = d } = e.f; use(g, { h, i: j });")
    names = {text(node) for node in scopes.names_in(tree.root)}
    assert names == {b"d", b"e", b"use", b"g", b"h", b"j"}


def test_uses_inside_tell_free_names_from_our_own() -> None:
    tree, scopes = scopes_of("const a = 1; function f() { use(a, b); }")
    function = next(node for node in tree.nodes if node.type == "function_declaration")
    binding = scopes.root.bindings[b"a"]
    assert scopes.uses_inside(b"a", function, of=binding)
    assert not scopes.uses_inside(b"a", function, of=None)
    assert scopes.uses_inside(b"b", function, of=None)
    assert not scopes.uses_inside(b"c", function, of=None)


@pytest.mark.parametrize(
    "source",
    ["", "((((", "}", "const", "function (", "import {", "let let let", "`${", "for (const", "\0"],
    ids=["empty", "open", "close", "const", "function", "import", "let", "template", "for", "nul"],
)
def test_broken_code_has_scopes_too(source: str) -> None:
    tree, scopes = scopes_of(source)
    assert scopes.root.node == tree.root


@pytest.mark.parametrize(
    "source",
    [
        "const " + "[" * 3000 + "a" + "]" * 3000 + " = b;",
        "x = " + "(" * 5000 + "a" + ")" * 5000 + ";",
        "{" * 5000 + "a" + "}" * 5000,
        "x = " + "() => " * 3000 + "a;",
    ],
    ids=["pattern", "parentheses", "blocks", "arrows"],
)
def test_deep_nesting_is_no_error(source: str) -> None:
    tree, scopes = scopes_of(source)
    assert any(scopes.binding(n) or n in scopes.free.get(b"a", []) for n in tree.nodes)


def test_calls_come_in_the_order_of_the_file() -> None:
    source = "f(g(1), h.i(2).j(3));\n" * 300
    calls = scopes_of(source)[0].calls
    assert len(calls) == 4 * 300
    assert [text(call).split(b"(")[0] for call in calls[:4]] == [b"f", b"g", b"h.i", b"h.i"]
    assert list(calls) == sorted(calls, key=lambda call: (call.start_byte, -call.end_byte))
