"""The command line: parse, one call, show."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
