"""What the documents promise exists: commands, options, targets, exit codes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from pdpo_audit.cli.app import assemble
from pdpo_audit.errors import ExitCode

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def command(words: list[str]) -> TyperCommand | TyperGroup | None:
    """The command that ``words`` lead to, through groups such as ``keys``; ``None`` where there is none."""
    found: object = typer.main.get_command(assemble())
    for word in words:
        if not isinstance(found, TyperGroup):
            break
        found = found.commands.get(word)
    return found if isinstance(found, TyperCommand | TyperGroup) else None


def table() -> list[tuple[list[str], str]]:
    """The table of commands: words and state; ``keys create, show`` stands for two commands."""
    rows = re.findall(r"^\| `pdpo-audit ([a-z, -]+)` \|.*\| (now|planned) \|$", README, re.M)
    named = [([part.split() for part in words.split(", ")], state) for words, state in rows]
    return [([*first[:-1], *part[-1:]], state) for (first, *rest), state in named for part in (first, *rest)]


def shown(program: str) -> list[tuple[str, list[str]]]:
    """Every call of ``program`` in a block of commands or in running text: page and arguments."""
    calls = []
    for page in PAGES:
        text = page.read_text("utf-8").replace("\\\n", " ")
        blocks = "\n".join(re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S))
        spans = re.findall(rf"`((?:\.venv/bin/)?{program} [^`\n]+)`", re.sub(r"^\| .*$", "", text, flags=re.M))
        lines = [*blocks.splitlines(), *spans]
        words = [shlex.split(line, comments=True) for line in lines]
        calls += [(page.name, line[1:]) for line in words if line and line[0].endswith(program)]
    return calls


def test_the_table_of_commands_says_what_exists() -> None:
    states = {" ".join(words): state for words, state in table()}
    exists = {name: "now" if command(name.split()) is not None else "planned" for name in states}
    assert len(states) >= 19
    assert states == exists


def test_the_table_of_commands_is_whole() -> None:
    group = command([])
    assert isinstance(group, TyperGroup)
    existing = {
        (name, *inner)
        for name, found in group.commands.items()
        for inner in ([(one,) for one in found.commands] if isinstance(found, TyperGroup) else [()])
    }
    assert existing - {tuple(words) for words, state in table() if state == "now"} == set()


@pytest.mark.parametrize(("page", "arguments"), shown("pdpo-audit"))
def test_the_calls_in_the_documents_are_calls(page: str, arguments: list[str]) -> None:
    states = {words[0]: state for words, state in table()}
    words = [word for word in arguments if not word.startswith("-")]
    called = next((word for word in words if word in states), None)
    assert called, f"{page}: {arguments}"
    found = command(words[words.index(called) :])
    assert found is not None, f"{page}: {arguments}"
    known = {option for parameter in found.params for option in parameter.opts} | {"--help"}
    assert {word for word in arguments if word.startswith("-")} <= known, f"{page}: {arguments}"


@pytest.mark.parametrize(("page", "arguments"), shown("make"))
def test_the_targets_in_the_documents_exist(page: str, arguments: list[str]) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert arguments[0] in targets, page


def test_every_command_has_help_with_an_example() -> None:
    for words in ([*words] for words, state in table() if state == "now"):
        found = command(words)
        assert found is not None and found.help, words
        texts = f"{found.help} {found.epilog or ''}"
        assert f"pdpo-audit {' '.join(words)}" in texts, words


def test_the_exit_codes_are_those_of_the_program() -> None:
    sentence = re.search(r"Exit codes: (.+?)\n\n", README, re.S)
    assert sentence
    assert [int(code) for code in re.findall(r"(?:^|; )\s*(\d+) ", sentence[1])] == [int(code) for code in ExitCode]
