"""Jinja2's sandbox, with arithmetic that no line of a template can make endless."""

from __future__ import annotations

from typing import Any

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
