"""The command line: parse, one call, show."""

from __future__ import annotations


def main() -> None:
    """Run the command line. The program is loaded here and not above: worker processes import this module too."""
    from pdpo_audit.cli.app import start

    start()
