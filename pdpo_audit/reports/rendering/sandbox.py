"""Jinja2's sandbox, with arithmetic that no line of a template can make endless."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from jinja2.sandbox import SandboxedEnvironment

#: Numbers and repetitions in a template stay below this; a report counts millions of files and billions of bytes.
LARGEST = 10**18
LONGEST_REPETITION = 10_000


class Sandbox(SandboxedEnvironment):
    """A power of powers or a text repeated a billion times would hold up the whole program, deadline or not."""

    intercepted_binops = frozenset({"**", "*"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """The result of a power or a product; ``OverflowError`` where it is larger than any number of a report."""
        if operator == "**" and (abs(left) > LONGEST_REPETITION or abs(right) > 64):
            raise OverflowError("a power is too large for a report")
        texts = not (isinstance(left, int | float) and isinstance(right, int | float))
        if (
            operator == "*"
            and texts
            and max((one for one in (left, right) if isinstance(one, int)), default=0) > (LONGEST_REPETITION)
        ):
            raise OverflowError("a text is repeated too often for a report")
        result = super().call_binop(context, operator, left, right)
        if isinstance(result, int) and abs(result) > LARGEST:
            raise OverflowError("a number is too large for a report")
        return result


class Templates(FileSystemLoader):
    """The templates of a folder.

    ``joined`` for a language that puts no space between sentences: the end of a line between two tags of a template is
    nothing then; what values hold stays as it is.
    """

    _BETWEEN = re.compile(r"(?<=\})(\s*\n\s*)\{([{%])(?![-+])")

    def __init__(self, folder: Path, *, joined: bool) -> None:
        super().__init__(folder)
        self.joined = joined

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """The template's text, its file, and whether it is still that."""
        source, file, unchanged = super().get_source(environment, template)
        return self._BETWEEN.sub(r"\1{\2-", source) if self.joined else source, file, unchanged
