"""One question at a time: what cannot be is said and asked again, lists are offered, answers are kept as they come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

import typer

from pdpo_audit.cli.showing import plain, say
from pdpo_audit.errors import AuditError
from pdpo_audit.workspace.setup.initialising import names_nothing

#: What leaves a value empty although one is offered.
NOTHING = "-"
#: Words for everything in a list, and for what nobody knows: that is left open, as by Enter where nothing is offered.
_EVERY = frozenset({"all", "both", "每種", "全部", "兩者", "两者", "都要"})
_UNKNOWN = frozenset(
    {"?", "maybe", "unknown", "unsure", "not sure", "don't know", "do not know", "不知道", "不清楚", "未知"}
)


@dataclass(slots=True, kw_only=True)
class Interview:
    """The answers so far, by key; ``offered`` are those of a workspace that exists, taken by Enter."""

    said: dict[str, str] = field(default_factory=dict)
    offered: Mapping[str, str] = field(default_factory=dict)
    #: What becomes of the answers after Ctrl-C.
    interrupted: str = "what you answered is kept, and the same command goes on from there"
    #: The record classes of the workspace beside those that come with the program.
    classes: Sequence[str] = ()
    keep: Callable[[Mapping[str, str]], None] = lambda _said: None

    def ask(self, key: str, question: str, *, given: str = "", check: Callable[[str], str] | None = None) -> str:
        """The answer to a question: kept from before, given as an option, or asked for until it can be."""
        if key in self.said:
            return self.said[key]
        if given:
            return self.record(key, "" if names_nothing(given) else given)
        offered = self.offered.get(key, "")
        while True:
            typed = _prompt(question, offered)
            answer = "" if typed == NOTHING or names_nothing(typed) else typed
            try:
                return self.record(key, check(answer) if check and answer not in ("", offered) else answer)
            except AuditError as error:
                say(f"  {plain(error.message)}")

    def choose(self, key: str, question: str, choices: Mapping[str, str], *, several: bool = False) -> str:
        """One of ``choices`` (or several, by commas) by number, name, or the start of it; Enter leaves it open.

        What is offered can be answered, also where it is none of ``choices``: settings name packs and classes of
        their own.
        """
        if key in self.said:
            return self.said[key]
        say(f"  {plain(question)}:")
        for number, (name, words) in enumerate(choices.items(), 1):
            say(f"    {number:>2}  {plain(name)}{f' – {plain(words)}' if words and words != name else ''}")
        offered = self.offered.get(key, "")
        while True:
            typed = _prompt("  Numbers or names, by commas" if several else "  Number or name", offered)
            parts = [part.strip() for part in typed.split(",")] if several else [typed.strip()]
            own = offered.split(",") if several else [offered]
            if several and len(parts) == 1 and parts[0].casefold() in _EVERY:
                parts = list(choices)
            named = [part for part in parts if part not in ("", NOTHING) and part.casefold() not in _UNKNOWN]
            picked = [(part, "") if part in own else _pick(part, list(choices)) for part in named]
            if wrong := [one for one in picked if not one[0]]:
                say(f"  {plain(wrong[0][1])}")
                continue
            return self.record(key, ",".join(dict.fromkeys(name for name, _ in picked)))

    def confirm(self, key: str, question: str, *, default: bool) -> bool:
        """Yes or no."""
        if key in self.said:
            return self.said[key] == "yes"
        offered = self.offered.get(key, "yes" if default else "no")
        words = {"y": "yes", "yes": "yes", "n": "no", "no": "no"}
        while (typed := _prompt(f"{question} (yes, no)", offered).casefold()) not in words:
            say("  Answer yes or no.")
        return self.record(key, words[typed]) == "yes"

    def record(self, key: str, answer: str) -> str:
        """Keep an answer."""
        self.said[key] = answer
        self.keep(self.said)
        return answer

    def ask_again(self, prefix: str) -> None:
        """Answers to be given again; what they were is offered."""
        keys = [key for key in self.said if key == prefix or key.startswith(f"{prefix}.")]
        self.offered = {**self.offered, **{key: self.said.pop(key) for key in keys}}


def _pick(typed: str, names: list[str]) -> tuple[str, str]:
    """The choice that was meant, or nothing and what to say."""
    if typed.isdigit() and 1 <= int(typed) <= len(names):
        return names[int(typed) - 1], ""
    word = typed.casefold().replace(" ", "_")
    same = [name for name in names if name.casefold() == word] or [
        name for name in names if name.casefold().startswith(word)
    ]
    if len(same) == 1:
        return same[0], ""
    close = same or get_close_matches(word, names, n=3, cutoff=0.5)
    hint = (
        f"; did you mean {', '.join(close)}?"
        if close
        else f"; answer a number from 1 to {len(names)}, or ? to leave it open"
    )
    return "", f'"{typed[:40]}" is none of these{hint}'


def _prompt(question: str, offered: str) -> str:
    return str(typer.prompt(question, default=offered, show_default=bool(offered), err=True)).strip()
