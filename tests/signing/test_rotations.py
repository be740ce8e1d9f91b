"""The life of a seal: the next key by the old one's word, a compromised one told, an end warned of."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
import rfc8785

from pdpo_audit.errors import CallError
from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.cms.trust import Trust, read_trust
from pdpo_audit.signing.keys.identities import pem_of
from pdpo_audit.signing.rotations import follow_rotations, read_rotation, rotate, warn_of_end
from pdpo_audit.signing.verification import verify_path

from .authority import serving
from .material import LATER, NOW, seal_identity, write_audit
from .test_signoffs import said

OLD, NEW, FORGER = (seal_identity(name) for name in ("Old seal", "New seal", "Forger"))
PRINT = {id(one): one.facts()["sha256"] for one in (OLD, NEW, FORGER)}


def planned(old: object = OLD, new: object = NEW) -> bytes:
    return rotate(new, old=old, old_sha256="", organisation="H", reason="planned", rotated_at=NOW)  # type: ignore[arg-type]


def told(new: object = NEW) -> bytes:
    return rotate(
        new, old=None, old_sha256=PRINT[id(OLD)], organisation="H", reason="stolen", rotated_at=LATER,  # type: ignore[arg-type]
        compromised_since=NOW + timedelta(hours=1),
    )  # fmt: skip


def knowing(*known: object) -> Trust:
    return read_trust((), LATER, signers=[PRINT[id(one)] for one in known])


def test_who_knows_the_old_key_knows_the_new_one_by_its_word() -> None:
    trust, compromised = follow_rotations([read_rotation(planned())], knowing(OLD))
    assert PRINT[id(NEW)] in trust.vouched and not compromised
    nobody, _ = follow_rotations([read_rotation(planned())], knowing())
    assert not nobody.vouched


def test_nobody_else_names_the_next_key() -> None:
    forged = json.loads(planned(FORGER, NEW))
    forged["statement"] = forged["statement"].replace(PRINT[id(FORGER)], PRINT[id(OLD)])
    trust, _ = follow_rotations([read_rotation(rfc8785.dumps(forged))], knowing(OLD))
    assert PRINT[id(NEW)] not in trust.vouched
    theft = json.loads(planned(OLD, FORGER))
    theft["statement"] = theft["statement"].replace(PRINT[id(FORGER)], PRINT[id(NEW)])
    trust, _ = follow_rotations([read_rotation(rfc8785.dumps(theft))], knowing(OLD))
    assert PRINT[id(NEW)] not in trust.vouched


def test_a_compromise_counts_by_the_word_of_a_known_new_key_only() -> None:
    assert PRINT[id(OLD)] in follow_rotations([read_rotation(told())], knowing(NEW))[1]
    assert not follow_rotations([read_rotation(told(FORGER))], knowing(NEW))[1]
    assert not follow_rotations([read_rotation(told())], knowing(OLD))[1]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(CallError, match="is the old one"):
        planned(OLD, OLD)
    with pytest.raises(CallError, match="compromised key signs nothing"):
        rotate(NEW, old=OLD, old_sha256="", organisation="", reason="", rotated_at=NOW, compromised_since=NOW)


def test_an_audit_carries_the_rotation_and_verify_follows_it(tmp_path: Path) -> None:
    keys = tmp_path / "audit/evidence/keys"
    keys.mkdir(parents=True)
    (keys / "0001.json").write_bytes(planned())
    audit = write_audit(tmp_path / "audit", NEW)
    known = verify_path(audit, now=LATER, signers=[PRINT[id(OLD)]])
    assert known.ok and "it took the place of" in said(known, Verdict.PROVED), said(known, Verdict.FAILED)
    assert "Who holds the key" not in said(known, Verdict.NOT_PROVABLE)
    stranger = verify_path(audit, now=LATER, signers=[PRINT[id(FORGER)]])
    assert "it took the place of" not in said(stranger, Verdict.PROVED)


def test_a_seal_of_a_compromised_key_stands_only_where_a_trusted_timestamp_shows_that_it_is_older(
    tmp_path: Path,
) -> None:
    plain = write_audit(tmp_path / "plain", OLD)
    fails = verify_path(plain, now=LATER, signers=[PRINT[id(NEW)], PRINT[id(OLD)]], statements=[told()])
    assert "is told to be compromised since" in said(fails, Verdict.FAILED)
    assert verify_path(plain, now=LATER, signers=[PRINT[id(OLD)]], statements=[told()]).ok, (
        "an unknown key tells nothing"
    )
    with serving() as authority:
        roots = [pem_of(authority.root), pem_of(OLD.certificate)]
        for name, at in (("older", NOW), ("younger", NOW + timedelta(hours=2))):
            authority.stamps_at = at
            audit = write_audit(tmp_path / name, OLD, timestamp_url=authority.url)
            result = verify_path(audit, now=LATER, trust=roots, signers=[PRINT[id(NEW)]], statements=[told()])
            assert ("is told to be compromised" in said(result, Verdict.FAILED)) == (name == "younger")
            assert ("this seal is older" in said(result, Verdict.PROVED)) == (name == "older")


def test_the_end_of_a_certificate_is_warned_of_in_time() -> None:
    ends = NOW + timedelta(days=59)
    assert warn_of_end("seal", ends, NOW)
    assert not warn_of_end("seal", ends, NOW - timedelta(days=2)) and not warn_of_end("seal", NOW, LATER)


def test_a_file_that_is_no_statement_is_no_statement(tmp_path: Path) -> None:
    for raw in (b"", b"{}", b"[1]", planned().replace(b"planned", b"plan  d", 1)[:-3], b'{"statement":"{}"}'):
        with pytest.raises(ValueError):
            read_rotation(raw)
