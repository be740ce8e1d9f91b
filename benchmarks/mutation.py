"""Small wrong changes of a source file, one at a time: what tests are for is to notice each of them."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

_OPPOSITES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.LShift: ast.RShift,
    ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change: its first and last line, the code of its statement or expression before and after, and the whole file
    with it. Of a statement that holds others the last line is that of its condition."""

    line: int
    last: int
    before: str
    after: str
    text: str


def mutants_of(text: str) -> Iterator[Mutant]:
    """Every change that this module knows, in the order of the syntax tree; none of what does not run."""
    tree = ast.parse(text)
    places = [(node, changed) for node in _behaviour(tree) for changed in _changes(node)]
    for node, changed in places:
        kept = {name: value for name, value in vars(node).items() if name in node._fields}
        before = ast.unparse(node)
        last = getattr(getattr(node, "test", node), "end_lineno", 0)
        for name in node._fields:
            setattr(node, name, getattr(changed, name))
        yield Mutant(
            line=getattr(node, "lineno", 0),
            last=last or getattr(node, "lineno", 0),
            before=before,
            after=ast.unparse(node),
            text=ast.unparse(tree),
        )
        for name, value in kept.items():
            setattr(node, name, value)


def _behaviour(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when the program does: no annotation, documentation, or what only a type checker reads."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_silent(child) and not isinstance(child, _UNTOUCHED):
                yield from _behaviour(child)


_UNTOUCHED = (ast.Import, ast.ImportFrom, ast.Raise, ast.Assert, ast.JoinedStr)


def _is_silent(node: ast.AST) -> bool:
    """Documentation, and what only a type checker reads."""
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """The same kind of node with other fields."""
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            other = copy.copy(node)
            other.ops = [*node.ops[:place], _OPPOSITES[type(operator)](), *node.ops[place + 1 :]]
            yield other
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(op=ast.And() if isinstance(node.op, ast.Or) else ast.Or(), values=node.values)
    elif isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        if not any(
            isinstance(side, ast.Constant) and isinstance(side.value, str | bytes) for side in (node.left, node.right)
        ):
            yield ast.BinOp(left=node.left, op=_ARITHMETIC[type(node.op)](), right=node.right)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(value=not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield ast.Constant(value=node.value + 1)
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        turned = copy.copy(node)
        turned.test = ast.UnaryOp(op=ast.Not(), operand=node.test)
        yield turned
    elif isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        yield ast.Return(value=ast.Constant(value=None))
