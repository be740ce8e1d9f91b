"""Random changes of a whole audit folder: each is refused, and the file that was changed is named."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.keys.identities import Identity
from pdpo_audit.signing.roles import Role
from pdpo_audit.signing.verification import verify_path

from .material import LATER, NOW, elliptic_identity, seal_identity, sign_off, write_audit

#: Changes the file ``named`` of the audit in ``folder``; ``other`` is another audit of the same seal.
Change = Callable[[Path, Path, random.Random, Path], None]


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An audit that two people signed."""
    folder = write_audit(tmp_path_factory.mktemp("audit") / "audit")
    people: dict[Role, Identity] = {Role.LEGAL: elliptic_identity(), Role.DPO: seal_identity("Data Protection Officer")}
    for role, identity in people.items():
        sign_off(folder, identity, role, role.value, signed_at=NOW)
    return folder


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another audit under the same seal."""
    folder = tmp_path_factory.mktemp("other") / "audit"
    return write_audit(folder, draft_reasons=("it is another one",))


def flip(folder: Path, named: Path, chance: random.Random, other: Path) -> None:
    content = bytearray((folder / named).read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    (folder / named).write_bytes(content)


def cut(folder: Path, named: Path, chance: random.Random, other: Path) -> None:
    content = (folder / named).read_bytes()
    (folder / named).write_bytes(content[: chance.randrange(len(content))])


def append(folder: Path, named: Path, chance: random.Random, other: Path) -> None:
    more = chance.choice([b"\n", b" ", b"\0", b"%%EOF\n"])
    (folder / named).write_bytes((folder / named).read_bytes() + more)


def delete(folder: Path, named: Path, chance: random.Random, other: Path) -> None:
    (folder / named).unlink()


def rename(folder: Path, named: Path, chance: random.Random, other: Path) -> None:
    (folder / named).rename((folder / named).with_name(f"x{named.name}"))


def link(folder: Path, named: Path, chance: random.Random, other: Path) -> None:
    kept = folder.with_name("kept")
    (folder / named).rename(kept)
    (folder / named).symlink_to(kept)


def put_another(folder: Path, named: Path, chance: random.Random, other: Path) -> None:
    """The file of the same name from another audit; where that has the same bytes or none, a flipped bit."""
    theirs = other / named
    if theirs.is_file() and theirs.read_bytes() != (folder / named).read_bytes():
        shutil.copy(theirs, folder / named)
    else:
        flip(folder, named, chance, other)


@pytest.mark.parametrize("change", [flip, cut, append, delete, rename, link, put_another])
def test_a_changed_file_is_named(audit: Path, other: Path, change: Change, tmp_path: Path) -> None:
    chance = random.Random(change.__name__)
    files = sorted(path.relative_to(audit) for path in audit.rglob("*") if path.is_file())
    for number, named in enumerate(files):
        folder = shutil.copytree(audit, tmp_path / f"{number}" / "audit")
        change(folder, named, chance, other)
        result = verify_path(folder, now=LATER)
        blamed = [check.subject for check in result.checks if check.verdict is Verdict.FAILED]
        assert not result.ok, (named, change.__name__)
        assert any(str(named) in subject for subject in blamed), (named, blamed)


@pytest.mark.parametrize("place", ["", "evidence", "evidence/tables", "evidence/sign-offs"])
@pytest.mark.parametrize("name", [".hidden", "extra.pdf", "0003-owner.json", "0003-owner.json.p7s", "a\nb"])
def test_an_added_file_is_named(audit: Path, place: str, name: str, tmp_path: Path) -> None:
    folder = shutil.copytree(audit, tmp_path / "audit")
    (folder / place / name).write_bytes(b"x")
    result = verify_path(folder, now=LATER)
    blamed = [check.subject for check in result.checks if check.verdict is Verdict.FAILED]
    assert not result.ok
    assert any(name.replace("\n", "\\x0a") in subject for subject in blamed), blamed
