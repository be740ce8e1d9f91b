"""Archive timestamps: an audit is provable after its certificates ended, and every change of what was stamped fails."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pdpo_audit.errors import CallError, MachineError
from pdpo_audit.signing.archive_stamps import STAMPS, stamp_audit
from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.keys.identities import create_seal, open_pkcs12, pem_of
from pdpo_audit.signing.roles import Role
from pdpo_audit.signing.verification import VerificationResult, verify_path

from .authority import Authority, serving
from .material import LATER, NOW, person, seal_identity, sign_off, write_audit
from .test_signoffs import said


@pytest.fixture(scope="module")
def authority() -> Iterator[Authority]:
    with serving() as found:
        yield found


@pytest.fixture(scope="module")
def stamped(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Path:
    audit = write_audit(tmp_path_factory.mktemp("stamped") / "audit")
    authority.stamps_at = LATER
    stamp_audit(audit, timestamp_url=authority.url)
    return audit


@pytest.fixture
def audit(stamped: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(stamped, tmp_path / "audit"))


def verified(audit: Path, authority: Authority) -> VerificationResult:
    roots = [pem_of(authority.root), pem_of(seal_identity().certificate)]
    return verify_path(audit, now=LATER + timedelta(days=1), trust=roots)


def test_everything_is_proved_to_have_existed_then(audit: Path, authority: Authority) -> None:
    result = verified(audit, authority)
    assert result.ok, said(result, Verdict.FAILED)
    assert "Everything that it lists existed on 2026-11-21 09:00 UTC" in said(result, Verdict.PROVED)
    alone = verify_path(audit, now=LATER)
    assert alone.ok and "nobody vouches for it" in said(alone, Verdict.NOT_PROVABLE)


def test_people_sign_after_it_and_it_is_stamped_again(audit: Path, authority: Authority) -> None:
    sign_off(audit, person("Chan Tai Man"), Role.LEGAL, "Chan Tai Man")
    authority.stamps_at = LATER + timedelta(hours=1)
    assert stamp_audit(audit, timestamp_url=authority.url).name == "0002.json"
    result = verify_path(audit, now=LATER + timedelta(days=1))
    assert result.ok, said(result, Verdict.FAILED)


def test_what_ended_since_is_judged_at_the_time_of_the_stamps(tmp_path: Path, authority: Authority) -> None:
    """The seal ends after 100 days, the first stamp's authority after 365; the second stamp came at 200."""
    raw = create_seal(common_name="Short", organisation="H", passphrase=b"x", now=NOW, days=100)
    seal = open_pkcs12(raw, b"x")
    audit = write_audit(tmp_path / "audit", seal)
    authority.stamps_at = LATER
    stamp_audit(audit, timestamp_url=authority.url)
    second = LATER + timedelta(days=200)
    with serving(second) as later:
        stamp_audit(audit, timestamp_url=later.url)
        roots = [pem_of(one) for one in (authority.root, later.root, seal.certificate)]
        now = LATER + timedelta(days=400)
        result = verify_path(audit, now=now, trust=roots)
        assert result.ok, said(result, Verdict.FAILED)
        assert "run out" not in said(result, Verdict.NOT_PROVABLE)
        for path in (audit / STAMPS).glob("0002.*"):
            path.unlink()
        assert not verify_path(audit, now=now, trust=roots).ok, "the first stamp's own certificate has ended"
        shutil.rmtree(audit / STAMPS)
        assert "run out" in said(verify_path(audit, now=now, trust=roots), Verdict.NOT_PROVABLE)


@pytest.mark.parametrize("change", ["file", "list", "token", "no token", "no list", "moved"])
def test_every_change_of_what_was_stamped_fails(audit: Path, change: str, authority: Authority) -> None:
    stamp, token = audit / STAMPS / "0001.json", audit / STAMPS / "0001.tst"
    match change:
        case "file":
            (audit / "evidence.asice").write_bytes((audit / "evidence.asice").read_bytes() + b"x")
        case "list":
            stamp.write_bytes(stamp.read_bytes().replace(b"workbook.xlsx", b"workbook.xlsy", 1))
        case "token":
            token.write_bytes(token.read_bytes().replace(b"Test", b"Tess", 1))
        case "no token":
            token.unlink()
        case "no list":
            stamp.unlink()
        case "moved":
            stamp.rename(stamp.with_name("0002.json"))
            token.rename(token.with_name("0002.tst"))
    result = verified(audit, authority)
    assert STAMPS in said(result, Verdict.FAILED)


def test_without_a_service_nothing_is_stamped(audit: Path) -> None:
    with pytest.raises(CallError, match="needs a time-stamping service"):
        stamp_audit(audit, timestamp_url="")
    with pytest.raises(MachineError):
        stamp_audit(audit, timestamp_url="http://127.0.0.1:9/none")
    assert len(list((audit / STAMPS).iterdir())) == 2
