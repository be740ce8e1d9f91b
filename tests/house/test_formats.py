"""What docs/formats.md says of formats is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from pdpo_audit.imaging import FileKind
from pdpo_audit.imaging.formats.signatures import _IMAGE_NAMES, picture
from pdpo_audit.imaging.formats.table import FAMILIES, UNREADABLE, Family, family_of

ROOT = Path(__file__).parents[2]


def row(family: Family) -> str:
    """A family as the document lists it."""
    names = family.name if set(family.formats) == {family.name.upper()} else f"{family.name} ({_listed(family)})"
    how = family.reader + ("" if family.always or not family.extra else ", only with the extra")
    state = "experimental" if family.experimental else ""
    return f"| {names} | {how} | {f'`{family.extra}`' if family.extra else ''} | {state} | {family.remark} |"


def _listed(family: Family) -> str:
    return ", ".join(family.formats)


def test_the_table_of_formats_is_true() -> None:
    text = (ROOT / "docs" / "formats.md").read_text("utf-8")
    listed = re.findall(r"^\| (?!format|---).*$", text, re.MULTILINE)
    assert listed == [row(family) for family in FAMILIES]
    assert f"reads {', '.join(UNREADABLE)};" in text


def test_every_extra_is_one_of_the_project_and_pinned() -> None:
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    pinned = (ROOT / ".setup" / "requirements.txt").read_text("utf-8")
    for family in FAMILIES:
        assert not family.extra or f"\n{family.extra} = [" in project
        for module in family.modules:
            assert re.search(rf"^{module.replace('_', '[-_]')}==", pinned, re.MULTILINE)


def test_every_name_of_a_picture_has_a_reader_or_is_told_to_have_none() -> None:
    for format in _IMAGE_NAMES.values():
        assert (family_of(format) is None) == (format in UNREADABLE)
        assert (picture(format)[0] is FileKind.NOT_DECODED) == (format in UNREADABLE)
