"""The command line parses, calls one verb of the workspace, and shows: it decides nothing and opens nothing itself."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "pdpo_audit" / "cli").rglob("*.py"))

#: What a command may call beside its verb: each looks for what the call or its words need, and changes nothing.
BESIDE = {
    "find_workspace", "find_packs", "shipped_packs", "now", "passphrase", "open_key",  # what the call names
    "planned_seal", "settled_seal", "newest_audit", "stated_level", "read_place", "read_class",  # what is meant
    "stated_matter", "known_folders", "known_matters",  # what was said, and what the settings say
    "spoken", "explained_lines", "ends_soon",  # in words
    "status",  # what exit codes need
}  # fmt: skip
#: Commands that show two lists in one, ask before they act, or look at what they did: file and function.
TWO = {
    ("auditing.py", "demo"): "a workspace is made, and `run` is called on it",
    ("auditing.py", "scan"): "--compare-metadata adds a second look",
    ("auditing.py", "assess"): "--by counts what was assessed",
    ("handing_out.py", "audits"): "audits, and which of them were reviews",
    ("inspecting.py", "doctor"): "this machine, and this workspace",
    ("reviewing.py", "list_all"): "links and tokens",
    ("planning.py", "list_all"): "plans, and what the settings say otherwise",
    ("setting_up.py", "init"): "an interview whose answers are kept until they are used",
    ("setting_up.py", "_interview"): "an interview whose answers are kept until they are used",
    ("setting_up.py", "_change"): "an interview that offers what the settings say",
    ("officer.py", "_packs"): "an interview that offers what there is",
    ("officer.py", "_source"): "an interview that offers what there is",
    ("sources.py", "check"): "--accept, and then what the check says",
    ("standings.py", "adopt"): "a period, and what is adopted now",
    ("session.py", "opened"): "a workspace is opened and held",
}


def _functions() -> Iterable[tuple[Path, ast.Module, ast.FunctionDef]]:
    for file in FILES:
        tree = ast.parse(file.read_text("utf-8"))
        yield from ((file, tree, node) for node in tree.body if isinstance(node, ast.FunctionDef))


def _verbs(tree: ast.Module, function: ast.FunctionDef) -> set[str]:
    """Functions and modules of the workspace that a function knows by name."""
    imports = [node for node in (*tree.body, *ast.walk(function)) if isinstance(node, ast.ImportFrom)]
    return {
        alias.asname or alias.name
        for node in imports
        if node.module and node.module.startswith("pdpo_audit.workspace")
        for alias in node.names
    }


def _called(node: ast.AST, verbs: set[str]) -> list[str]:
    """The verbs that an expression calls: by name, of a module, or of a workspace."""
    found = []
    for call in (one.func for one in ast.walk(node) if isinstance(one, ast.Call)):
        if isinstance(call, ast.Name) and call.id in verbs and call.id[0].islower():
            found.append(call.id)
        elif isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name) and call.attr[0].islower():
            found += [call.attr] if call.value.id in {*verbs, "workspace", "opened_workspace"} else []
    return [name for name in found if name not in BESIDE and name != "close"]


def _most(body: Sequence[ast.stmt], verbs: set[str]) -> list[str]:
    """The verbs of the path through ``body`` that calls most of them."""
    for place, statement in enumerate(body):
        rest = body[place + 1 :]
        match statement:
            case ast.If(test=test, body=then, orelse=other):
                ways = [_most(then if _leaves(then) else [*then, *rest], verbs), _most([*other, *rest], verbs)]
                return _called(test, verbs) + max(ways, key=len)
            case ast.With(items=items, body=inner):
                opening = [name for item in items for name in _called(item.context_expr, verbs)]
                return opening + _most([*inner, *rest], verbs)
            case ast.For(body=inner) | ast.Try(body=inner):
                return _most([*inner, *rest], verbs)
            case _ if called := _called(statement, verbs):
                return called + _most(rest, verbs)
    return []


def _leaves(body: Sequence[ast.stmt]) -> bool:
    return bool(body) and isinstance(body[-1], ast.Return | ast.Raise)


def test_each_command_calls_one_verb() -> None:
    several = {
        (file.name, node.name): called
        for file, tree, node in _functions()
        if len(called := _most(node.body, _verbs(tree, node))) > 1
    }
    assert {name: called for name, called in several.items() if name not in TWO} == {}
    assert TWO.keys() - several.keys() == set()


def test_no_command_reaches_into_a_project() -> None:
    """A project is handed to a verb whole."""
    reached = [
        f"{file.name}:{node.lineno}"
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and (
            (isinstance(node.value, ast.Attribute) and node.value.attr == "project")
            or (isinstance(node.value, ast.Name) and node.value.id == "project")
        )
    ]
    assert reached == []
