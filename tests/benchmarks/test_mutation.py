"""Mutants change one thing each, leave documentation and types alone, and every kind of change is made."""

from __future__ import annotations

import ast

from benchmarks.mutation import mutants_of
from benchmarks.soak.mutants import PARTS, choose

TEXT = '''
def area(width: int = 1, *, whole: "bool | 3" = False) -> float:
    """Of 4 sides."""
    if width < 2 and not whole:
        raise ValueError(f"{width + 1}")
    return width * 2 if whole else "a" + "b"
'''


def test_every_change_is_made_once() -> None:
    found = [(one.before.partition("\n")[0], one.after.partition("\n")[0]) for one in mutants_of(TEXT)]
    assert found == [
        ("False", "True"),
        ("1", "2"),
        ("if width < 2 and (not whole):", "if not (width < 2 and (not whole)):"),
        ("width < 2 and (not whole)", "width < 2 or not whole"),
        ("width < 2", "width <= 2"),
        ("2", "3"),
        ("return width * 2 if whole else 'a' + 'b'", "return None"),
        ("width * 2 if whole else 'a' + 'b'", "width * 2 if not whole else 'a' + 'b'"),
        ("width * 2", "width // 2"),
        ("2", "3"),
    ]


def test_each_mutant_is_the_file_with_one_change() -> None:
    whole = ast.unparse(ast.parse(TEXT)).splitlines()
    for mutant in mutants_of(TEXT):
        differing = [
            one
            for one, other in zip(ast.unparse(ast.parse(mutant.text)).splitlines(), whole, strict=True)
            if one != other
        ]
        assert len(differing) == 1
        assert 1 < mutant.line <= mutant.last <= len(TEXT.splitlines())


def test_a_seed_draws_the_same_mutants_again_and_as_many_of_each_part() -> None:
    drawn = choose(7, 14)
    assert drawn == choose(7, 14) != choose(8, 14)
    assert [part for part, _, _ in drawn] == [part for part in PARTS for _ in range(2)]
