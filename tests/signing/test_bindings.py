"""Sign-offs bind people: one operator with four keys binds nobody, and a name beside a key proves nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from pdpo_audit.errors import CallError
from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.cms.signatures import sign_detached
from pdpo_audit.signing.cms.trust import Trust
from pdpo_audit.signing.keys.identities import Identity, pem_of
from pdpo_audit.signing.roles import Decision, Role
from pdpo_audit.signing.signoffs.enrolments import Enrolment, countersign, fingerprint, state_enrolment
from pdpo_audit.signing.signoffs.records import read_records, write_record
from pdpo_audit.signing.verification import VerificationResult, verify_path

from .authority import serving
from .material import HEADER, LATER, NOW, person, seal_identity, sign_off, write_audit
from .test_signoffs import said

FOUR = (Role.LEGAL, Role.COMPLIANCE, Role.COMMUNICATIONS, Role.DPO)
NAMES = dict(zip(FOUR, ("Chan Tai Man", "Lee Ka Ming", "Ho Mei", "Wong Siu Ling"), strict=True))
ALL = replace(
    HEADER,
    required_sign_offs=tuple(role.value for role in FOUR),
    roles={role.value: name for role, name in NAMES.items()},
)
NOBODY = Trust(roots=(), now=LATER)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_audit(tmp_path_factory.mktemp("sealed") / "audit", header=ALL)


@pytest.fixture
def audit(sealed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sealed, tmp_path / "audit"))


def enrolled(who: Identity, role: Role, by: Identity, name: str = "") -> Enrolment:
    stated = state_enrolment(
        who, name=name or NAMES[role], roles=(role.value,), organisation="Harbour Light Agency Ltd", stated_at=NOW
    )
    return countersign(stated, by, signed_at=NOW, trust=NOBODY)


def all_sign(audit: Path, enrolments: Iterable[Enrolment] = ()) -> None:
    for role, name in NAMES.items():
        sign_off(audit, person(name), role, name, enrolments=tuple(enrolments))


def print_of(who: Identity) -> str:
    return fingerprint(who.certificate)


def checked(audit: Path, *signers: Identity, all_required: bool = True) -> VerificationResult:
    """Whoever names a signer names the seal too: otherwise any seal beside the named person would do."""
    known = [print_of(one) for one in (seal_identity(), *signers)]
    return verify_path(audit, now=LATER, signers=known if signers else (), all_required=all_required)


def test_one_operator_with_four_keys_binds_nobody(audit: Path) -> None:
    all_sign(audit)
    result = checked(audit)
    assert not result.ok
    assert said(result, Verdict.FAILED).count("bound to nobody") == 4
    assert checked(audit, all_required=False).ok, "without the demand it is a question, not a forgery"
    assert not any(name in said(result, Verdict.PROVED).replace(f"CN={name}", "") for name in NAMES.values())


def test_a_ring_of_own_keys_that_countersign_each_other_binds_nobody(audit: Path) -> None:
    keys = [person(name) for name in NAMES.values()]
    ring = [enrolled(key, role, by) for key, role, by in zip(keys, FOUR, [*keys[1:], keys[0]], strict=True)]
    all_sign(audit, ring)
    result = checked(audit)
    assert not result.ok and said(result, Verdict.FAILED).count("bound to nobody") == 4


def test_the_seal_answers_for_nobody_also_where_it_is_known(audit: Path) -> None:
    all_sign(audit, [enrolled(person(name), role, seal_identity()) for role, name in NAMES.items()])
    result = checked(audit, seal_identity())
    assert not result.ok and said(result, Verdict.FAILED).count("bound to nobody") == 4


def test_one_known_person_binds_those_whom_they_countersigned(audit: Path) -> None:
    dpo = person(NAMES[Role.DPO])
    legal = person(NAMES[Role.LEGAL])
    rest = [enrolled(person(NAMES[role]), role, legal) for role in (Role.COMPLIANCE, Role.COMMUNICATIONS)]
    all_sign(audit, [enrolled(legal, Role.LEGAL, dpo), *rest])
    result = checked(audit, dpo)
    assert result.ok, said(result, Verdict.FAILED)
    assert "It was signed by Ho Mei: Ho Mei is enrolled with it" in said(result, Verdict.PROVED)
    assert not checked(audit, person("A stranger")).ok


def test_an_enrolment_for_another_name_or_role_fails(audit: Path) -> None:
    dpo, other = person(NAMES[Role.DPO]), person("Au Yeung")
    sign_off(audit, other, Role.LEGAL, NAMES[Role.LEGAL], enrolments=(enrolled(other, Role.LEGAL, dpo, "Au Yeung"),))
    sign_off(audit, person("Ho"), Role.COMPLIANCE, "Ho", enrolments=(enrolled(person("Ho"), Role.DPO, dpo, "Ho"),))
    wrong = said(checked(audit, dpo, all_required=False), Verdict.FAILED)
    assert "Signed as Chan Tai Man, with a key that Au Yeung is enrolled with" in wrong
    assert "Ho is not enrolled to sign for compliance" in wrong


def test_an_enrolment_with_another_organisation_fails(audit: Path) -> None:
    dpo, name = person(NAMES[Role.DPO]), NAMES[Role.LEGAL]
    stated = state_enrolment(person(name), name=name, roles=("legal",), organisation="Elsewhere Ltd", stated_at=NOW)
    elsewhere = countersign(stated, dpo, signed_at=NOW, trust=NOBODY)
    sign_off(audit, person(name), Role.LEGAL, name, enrolments=(elsewhere,))
    wrong = said(checked(audit, dpo, all_required=False), Verdict.FAILED)
    assert "is enrolled for another organisation: Elsewhere Ltd" in wrong


def test_a_fingerprint_in_the_settings_is_stated_and_binds_nobody(tmp_path: Path) -> None:
    people = {print_of(person(name)): f"{name}, entered by op1 on 2026-11-01" for name in NAMES.values()}
    audit = write_audit(tmp_path / "audit", header=replace(ALL, stated=people))
    all_sign(audit)
    asked = said(checked(audit, all_required=False), Verdict.NOT_PROVABLE)
    assert "stated by the organisation: Ho Mei, entered by op1 on 2026-11-01" in asked
    result = checked(audit)
    assert not result.ok and said(result, Verdict.FAILED).count("bound to nobody") == 4


def test_a_record_that_says_no_decision_fails_where_decisions_are_asked(audit: Path) -> None:
    """What the first version wrote, made today by somebody with a key of their own."""
    name = NAMES[Role.LEGAL]
    path = sign_off(audit, person(name), Role.LEGAL, name)
    (record,) = read_records(audit)
    raw = write_record(replace(record, decision=None))
    path.write_bytes(raw)
    path.with_name(f"{path.name}.p7s").write_bytes(sign_detached(raw, person(name), signed_at=LATER, timestamp_url=""))
    assert "does not say what was decided" in said(checked(audit, all_required=False), Verdict.FAILED)


def test_nobody_countersigns_for_themselves_or_for_a_key_they_did_not_see(audit: Path) -> None:
    who = person("Ho")
    stated = state_enrolment(who, name="Ho", roles=("dpo",), organisation="", stated_at=NOW)
    with pytest.raises(CallError, match="Nobody countersigns for themselves"):
        countersign(stated, who, signed_at=NOW, trust=NOBODY)
    theft = replace(stated, statement=stated.statement.replace(print_of(who), print_of(person("Victim"))))
    with pytest.raises(CallError, match="cannot be countersigned"):
        countersign(theft, person("B"), signed_at=NOW, trust=NOBODY)


def test_a_later_sign_off_takes_the_place_of_a_wrong_one_and_says_so(audit: Path) -> None:
    name = NAMES[Role.LEGAL]
    sign_off(audit, person(name), Role.LEGAL, name, decision=Decision.REFUSE, comment="holds were not looked at")
    assert "Chan Tai Man refused it" in said(checked(audit, person(name)), Verdict.FAILED)
    sign_off(audit, person(name), Role.LEGAL, name, decision=Decision.RESERVATIONS, comment="hold 3 is open")
    result = checked(audit, person(name))
    assert "Whether legal agrees" not in said(result, Verdict.FAILED)
    proved = said(result, Verdict.PROVED)
    assert "agrees with reservations, remarking 'hold 3 is open'. It takes the place of sign-off 1" in proved
    assert [record.field for record in read_records(audit)] == ["SignOff-legal", "SignOff-legal-2"]
    sign_off(audit, person(name), Role.LEGAL, name)
    with pytest.raises(CallError, match="No field is left for legal"):
        sign_off(audit, person(name), Role.LEGAL, name)
    assert checked(audit, all_required=False).ok


def test_a_stranger_sets_nothing_aside_that_a_known_person_signed(audit: Path) -> None:
    name = NAMES[Role.LEGAL]
    sign_off(audit, person(name), Role.LEGAL, name, decision=Decision.REFUSE, comment="no")
    sign_off(audit, person("Forger"), Role.LEGAL, "Chan  Tai Man")
    assert "Chan Tai Man refused it" in said(checked(audit, person(name)), Verdict.FAILED)


def test_with_a_trust_list_the_certificate_is_proved_and_the_name_only_where_it_carries_it(sealed: Path) -> None:
    with serving() as authority:
        roots = [pem_of(authority.root), pem_of(seal_identity().certificate)]
        for name, typed in (("Chan Tai Man", "Chan Tai Man"), ("A Clerk", "Chan Tai Man")):
            audit = sealed.with_name(name)
            shutil.copytree(sealed, audit)
            sign_off(audit, authority.identity(name), Role.LEGAL, typed)
            result = verify_path(audit, trust=roots, now=LATER)
            assert result.ok, said(result, Verdict.FAILED)
            named = "The certificate names Chan Tai Man" in said(result, Verdict.PROVED)
            asked = "the certificate does not carry this name" in said(result, Verdict.NOT_PROVABLE)
            assert (named, asked) == (name == typed, name != typed)


def test_what_a_viewer_shows_of_a_signature_is_what_its_record_says(audit: Path) -> None:
    """The person's own key on both, but another decision in the report than in the record."""
    name = NAMES[Role.LEGAL]
    other = Path(shutil.copytree(audit, audit.with_name("other")))
    sign_off(audit, person(name), Role.LEGAL, name, decision=Decision.REFUSE, comment="no")
    sign_off(other, person(name), Role.LEGAL, name)
    (record,) = read_records(audit)
    assert record.decision is Decision.REFUSE
    shutil.copy(other / "report.en.pdf", audit / "report.en.pdf")
    assert not checked(audit, all_required=False).ok
