"""Operators: the small mistakes a hand can make, made everywhere in a module.

Each finds its places in the syntax tree and changes only those characters of the source, so that a
mutant differs from the rule by what its name says and by nothing else.  Texts, annotations, imports
and decorators are left alone: no rule stands there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from tests.mutants.mutant import Mutant, numbered
from tests.mutants.words import members

_COMPARISONS: Final = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}
_ARITHMETIC: Final = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.BitOr: "&", ast.BitAnd: "|"}
_TWINS: Final = {"min": "max", "max": "min", "any": "all", "all": "any"}
_SAID: Final = frozenset(
    {"Refused", "Refusal", "ValueError", "AssertionError", "NoSuchChangeError"}
)
"""Who is told something: the words of it are no rule."""


def mutants(module: str, source: str) -> tuple[Mutant, ...]:
    """Every mutant of a module of the core."""
    return tuple(numbered(_Walk(module, source).found()))


class _Walk:
    def __init__(self, module: str, source: str) -> None:
        self._module = module
        self._source = source
        self._bytes = source.encode()
        self._lines = source.splitlines()
        self._starts = [0]
        for line in self._bytes.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def found(self) -> Iterator[Mutant]:
        yield from self._inside(ast.parse(self._source), "module")

    def _inside(self, node: ast.AST, scope: str) -> Iterator[Mutant]:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            scope = node.name if scope == "module" else f"{scope}.{node.name}"
        for start, end, text in self._changes(node):
            yield self._mutant(node, scope, start, end, text)
        for child in _parts(node):
            yield from self._inside(child, scope)

    def _mutant(self, node: ast.AST, scope: str, start: int, end: int, text: str) -> Mutant:
        changed = (self._bytes[:start] + text.encode() + self._bytes[end:]).decode()
        line = self._bytes[:start].count(b"\n")
        old = " ".join(self._bytes[start:end].decode().split())
        new = " ".join(text.split()) or "nothing"
        where = self._lines[line].strip()
        return Mutant(
            module=self._module,
            scope=scope,
            line=line + 1,
            change=f"{where} [{old or 'nothing'} -> {new}]",
            source=changed,
        )

    # Places

    def _at(self, node: ast.AST) -> tuple[int, int]:
        """First byte of the node, and the one after its last."""
        start = self._starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]
        end = self._starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]
        return start, end

    def _text(self, node: ast.AST) -> str:
        start, end = self._at(node)
        return self._bytes[start:end].decode()

    def _instead(self, node: ast.AST, text: str) -> tuple[int, int, str]:
        return (*self._at(node), text)

    def _between(self, left: ast.AST, right: ast.AST, text: str) -> tuple[int, int, str]:
        """In place of the operator between two operands; their brackets stay."""
        start, end = self._at(left)[1], self._at(right)[0]
        gap = self._bytes[start:end].decode()
        core = gap.strip("() \n")
        at = start + len(gap[: gap.index(core)].encode())
        return at, at + len(core.encode()), text

    def _without(self, parts: Sequence[ast.AST], node: ast.AST) -> Iterator[tuple[int, int, str]]:
        """Each of *parts* of *node* dropped, with the comma after it."""
        if isinstance(node, ast.Tuple) and len(parts) == 2:
            whole = self._at(parts[0])[0], self._at(parts[1])[1]
            yield from ((*whole, f"{self._text(part)},") for part in reversed(parts))
            return
        for part in parts:
            start, end = self._at(part)
            yield start, self._past_comma(end, node), ""

    def _past_comma(self, end: int, node: ast.AST) -> int:
        """Behind the comma that follows *end* inside *node*, if one does."""
        rest = self._bytes[end : self._at(node)[1]]
        comma = rest.find(b",")
        return end + comma + 1 if comma >= 0 and not rest[:comma].strip() else end

    # Changes

    def _changes(self, node: ast.AST) -> Iterator[tuple[int, int, str]]:
        match node:
            case ast.If(test=test) | ast.IfExp(test=test) if not _is_not(test):
                yield self._instead(test, f"(not ({self._text(test)}))")
            case ast.comprehension(ifs=ifs):
                yield from (self._instead(test, f"not ({self._text(test)})") for test in ifs)
            case ast.match_case(guard=ast.expr() as guard):
                yield self._instead(guard, f"not ({self._text(guard)})")
            case ast.match_case(pattern=pattern) if not _is_any(pattern):
                end = self._at(pattern)[1]
                end += self._bytes[end:].index(b":")
                yield end, end, " if False"
            case ast.Compare(left=left, ops=ops, comparators=others):
                for op, one, other in zip(ops, [left, *others], others, strict=False):
                    yield self._between(one, other, _COMPARISONS[type(op)])
            case ast.BoolOp(op=op, values=values):
                word = "or" if isinstance(op, ast.And) else "and"
                for left, right in pairwise(values):
                    yield self._between(left, right, word)
                neutral = "True" if isinstance(op, ast.And) else "False"
                yield from (self._instead(value, neutral) for value in values)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield self._instead(node, f"({self._text(operand)})")
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                yield self._between(left, right, _ARITHMETIC[type(op)])
            case ast.Constant(value=bool(value)):
                yield self._instead(node, str(not value))
            case ast.Constant(value=int() | float() as value):
                yield self._instead(node, str(value + 1))
                yield self._instead(node, f"({value - 1})")
            case ast.Attribute(value=ast.Name(id=enum) | ast.Attribute(attr=enum), attr=attr) if (
                attr in members(enum)
            ):
                words = members(enum)
                end = self._at(node)[1]
                other = words[(words.index(attr) + 1) % len(words)]
                yield end - len(attr), end, other
            case ast.Name(id=name) if name in _TWINS:
                yield self._instead(node, _TWINS[name])
            case ast.Tuple(elts=parts, ctx=ast.Load()) | ast.List(elts=parts) | ast.Set(elts=parts):
                if len(parts) > 1 or (parts and isinstance(node, ast.List)):
                    yield from self._without(parts, node)
            case ast.Dict(keys=keys, values=values):
                yield from self._pairs(keys, values, node)
            case ast.MatchOr(patterns=patterns):
                yield from self._alternatives(patterns)
        yield from self._statements(node)

    def _pairs(
        self, keys: Sequence[ast.expr | None], values: Sequence[ast.expr], node: ast.AST
    ) -> Iterator[tuple[int, int, str]]:
        """Each pair of a dict dropped; what is unpacked into it, too."""
        for key, value in zip(keys, values, strict=True):
            start, end = self._at(value)
            if key is not None:
                start = self._at(key)[0]
            else:  # and the brackets around it
                start = self._bytes.rindex(b"**", 0, start)
                for _ in range(self._bytes.count(b"(", start, self._at(value)[0])):
                    end = self._bytes.index(b")", end) + 1
            yield start, self._past_comma(end, node), ""

    def _alternatives(self, patterns: Sequence[ast.pattern]) -> Iterator[tuple[int, int, str]]:
        for number, pattern in enumerate(patterns):
            start, end = self._at(pattern)
            if number:
                yield self._at(patterns[number - 1])[1], end, ""
            else:
                yield start, self._at(patterns[1])[0], ""

    def _statements(self, node: ast.AST) -> Iterator[tuple[int, int, str]]:
        match node:
            case ast.Expr(value=ast.Constant()):
                return  # a docstring
            case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()) | ast.Raise():
                yield self._instead(node, "pass")
            case ast.Return(value=None) | ast.Continue() | ast.AugAssign():
                yield self._instead(node, "pass")
            case ast.Assign(targets=[ast.Subscript() | ast.Attribute()]):
                yield self._instead(node, "pass")
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in _SAID:
                return
            case ast.Call(keywords=keywords):
                yield from self._keywords(node, keywords)

    def _keywords(
        self, node: ast.Call, keywords: Sequence[ast.keyword]
    ) -> Iterator[tuple[int, int, str]]:
        """Each argument that is given by its name left to its default."""
        for keyword in keywords:
            if keyword.arg in {None, "at_s"}:
                continue  # nobody can forget when
            start, end = self._at(keyword)
            yield start, self._past_comma(end, node), ""


def _is_any(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None


def _is_not(node: ast.AST) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _is_type(node: ast.AST) -> bool:
    match node:
        case ast.Subscript(value=ast.Name(id=name)):
            return name[:1].isupper()
        case ast.BinOp(op=ast.BitOr(), right=ast.Name(id=name)):
            return name[:1].isupper()
    return False


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """The children in which a rule may stand."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()) | ast.JoinedStr():
            return
        case ast.Assign(value=value) if _is_type(value):
            return
        case ast.Assign(targets=[ast.Tuple()], value=ast.Tuple(elts=parts)):
            yield from parts
        case ast.FunctionDef(body=body, args=args):
            yield from (each for each in (*args.defaults, *args.kw_defaults) if each is not None)
            yield from body
        case ast.ClassDef(body=body):
            yield from body
        case ast.AnnAssign(value=value):
            if value is not None:
                yield value
        case ast.Call(func=ast.Name(id=name), args=args) if name in _SAID:
            yield from args[:1]  # the code
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return
        case _:
            yield from ast.iter_child_nodes(node)
