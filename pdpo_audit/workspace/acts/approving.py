"""Approve or reject a plan with a person's own key; whether it is approved now, asked again before each act."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pdpo_audit.catalogue.disposition import acts_log
from pdpo_audit.catalogue.disposition.plans import (
    StoredApproval,
    StoredPlan,
    add_approval,
    approvals_of,
    end_plan,
    load_plan,
    load_plans,
)
from pdpo_audit.catalogue.reviewing.invitations import load_invitations
from pdpo_audit.catalogue.store import Transaction
from pdpo_audit.errors import CallError, VerificationError
from pdpo_audit.model.disposition.approvals import APPROVE, REJECT, Given, Standing, cannot_approve, judge, plain
from pdpo_audit.model.disposition.plans import Approval, PlanHeader
from pdpo_audit.model.disposition.writing import plan_digest, read_approval, read_header, write_approval
from pdpo_audit.model.events import Details
from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.cms.signatures import sign_detached
from pdpo_audit.signing.cms.trust import read_trust
from pdpo_audit.signing.disposals.checks import check_plan
from pdpo_audit.signing.disposals.signers import Signer, signer_bound, state_signer
from pdpo_audit.signing.keys.identities import common_name
from pdpo_audit.signing.keys.places import KeyPlace, open_key
from pdpo_audit.workspace.acts.plans.folders import APPROVALS, PLAN, disposals_folder, keep_file
from pdpo_audit.workspace.project import Project, now
from pdpo_audit.workspace.report.signoffs.enrolling import enrolments_of
from pdpo_audit.workspace.setup.identities import read_trust_list
from pdpo_audit.workspace.setup.persons import check_speaker, keys_stated

#: What a file that carries an approval from elsewhere calls itself.
CARRIED = "pdpo-audit signed approval 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What somebody says of a plan: as whom, in which role."""

    role: str
    name: str = ""
    comment: str = ""
    reject: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """An approval that was taken, and how the plan stands now."""

    plan_id: str
    name: str
    role: str
    decision: str
    approved: bool
    lacking: tuple[str, ...]
    ends_at: str


def sign_word(plan: Path, target: Path, *, key: KeyPlace, word: Word) -> Path:
    """Say something of a plan that lies in a file, and write it, signed with one's own key, to ``target``.

    For somebody who has no account here: the plan's folder is all that is needed.

    :raises CallError: there is no plan, or ``target`` exists.
    :raises VerificationError: what lies in its folder is not the plan as it was sealed.
    """
    file = plan / PLAN if plan.is_dir() else plan
    if plan.is_dir():
        expect_sealed(plan)
    try:
        raw = file.read_bytes()
        header = read_header(raw)
    except (OSError, ValueError) as error:
        raise CallError(f"{plan} is no plan of disposition: {error}", advice="name its folder or plan.json") from error
    document, signature = _signed(header, raw, key, word)
    if target.exists():
        raise CallError(f"{target} exists already", advice="choose another file with -o")
    carried = {
        "format": CARRIED, "approval": document.decode(), "signature": base64.b64encode(signature).decode(),
    }  # fmt: skip
    target.write_text(json.dumps(carried, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return target


def approve(project: Project, plan_id: str, *, key: KeyPlace, word: Word) -> Approved:
    """Approve or reject a plan of this workspace with one's own key.

    :raises CallError: the word cannot count; it says why, and nothing was taken.
    :raises VerificationError: what lies in the plan's folder is not the plan as it was sealed.
    """
    stored = named_plan(project, plan_id)
    expect_sealed(disposals_folder(project, stored.header.plan_id), stored.raw)
    document, signature = _signed(stored.header, stored.raw, key, word)
    return _take(project, stored, document, signature)


def expect_sealed(folder: Path, raw: bytes = b"") -> None:
    """That what people read before they speak, or act, is the plan as it was sealed; ``raw`` is its header as kept.

    :raises VerificationError: something in its folder was changed or is gone; it names the file.
    """
    found = check_plan(folder, read_trust((), now()))
    wrong = [f"{one.subject}: {one.statement}" for one in found if one.verdict is Verdict.FAILED]
    if raw and (not (folder / PLAN).is_file() or (folder / PLAN).read_bytes() != raw):
        wrong.append(f"{PLAN} is not the plan that this workspace keeps")
    if wrong:
        raise VerificationError(
            f"what lies in {folder.name} is not the plan as it was sealed: {wrong[0]}",
            advice=f"pdpo-audit verify {folder} says all; a new plan is needed where the files cannot be put back",
        )


def accept(project: Project, file: Path, *, plan_id: str = "") -> Approved:
    """Take in a word that somebody signed elsewhere; on the plan ``plan_id`` alone, where one is named.

    :raises CallError: it is none, is of another plan, or cannot count.
    """
    try:
        carried = json.loads(file.read_text("utf-8"))
        if carried["format"] != CARRIED:
            raise ValueError("its form is unknown")
        document = str(carried["approval"]).encode()
        signature = base64.b64decode(carried["signature"], validate=True)
        said = read_approval(document)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CallError(f"{file} holds no signed approval: {error}") from error
    if plan_id and said.plan_id != plan_id:
        raise CallError(f"this was said of {said.plan_id}", advice="hand it in at that plan")
    return _take(project, named_plan(project, said.plan_id), document, signature)


def standing(project: Project, stored: StoredPlan, transaction: Transaction) -> Standing:
    """Whether a plan is approved at this moment, every signature checked anew.

    People who have left, or hold the role no more, have said nothing; a plan whose header was edited is another one.
    """
    if plan_digest(stored.raw) != stored.sha256:
        raise VerificationError(f"{stored.header.plan_id} is not as it was recorded: it was edited")
    given = [_given(project, stored, one) for one in approvals_of(transaction.connection, stored.header.plan_id)]
    return judge(stored.header, stored.sha256, given, project.clock())


def faults_of(project: Project, header: PlanHeader, said: Approval, signer: Signer | None) -> tuple[str, ...]:
    """Why a word does not count, each in words; nothing where it does."""
    found = []
    if said.role not in header.approvals:
        found.append(f"this plan asks nobody of the role {said.role}")
    if why := cannot_approve(header, said.name, _inviters(project)):
        found.append(why)
    try:
        check_speaker(project, said.name, said.role, project.clock().date())
    except CallError as error:
        found.append(error.message)
    if signer is None:
        found.append("the signature is not one of its text")
    elif signer.sha256 != said.signer_sha256:
        found.append("it names another certificate than the one that signed it")
    elif signer.sha256 == header.seal_sha256:
        found.append("it was made with the organisation's seal: no person signed")
    elif not signer.bound_to:
        found.append(
            "nothing ties its key to a person: enter the fingerprint in [[people]], let somebody whose key is known so"
            " countersign its enrolment (pdpo-audit keys enrol, keys countersign), or put its issuer on the trust list"
        )
    elif plain(signer.bound_to) != plain(said.name):
        found.append(f"its key is that of {signer.bound_to}")
    return tuple(found)


def named_plan(project: Project, plan_id: str) -> StoredPlan:
    """A plan by its id, or by the only beginning that fits.

    :raises CallError: there is none.
    """
    exact = load_plan(project.store, plan_id)
    if exact is not None:
        return exact
    known = load_plans(project.store)
    fitting = [one for one in known if plan_id and one.header.plan_id.startswith(plan_id)]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(one.header.plan_id for one in known[-5:]) or "none was made yet"
    raise CallError(f"there is no plan {plan_id}", advice=f"pdpo-audit dispose list; known: {names}")


def _signed(header: PlanHeader, raw: bytes, key: KeyPlace, word: Word) -> tuple[bytes, bytes]:
    identity, at = open_key(key), now()
    said = Approval(
        plan_id=header.plan_id, plan_sha256=plan_digest(raw), name=word.name or common_name(identity.certificate),
        role=word.role, decision=REJECT if word.reject else APPROVE, comment=word.comment,
        at=at.isoformat(timespec="seconds"), signer_sha256=str(identity.facts()["sha256"]),
    )  # fmt: skip
    document = write_approval(said)
    return document, sign_detached(document, identity, signed_at=at, timestamp_url="")


def _take(project: Project, stored: StoredPlan, document: bytes, signature: bytes) -> Approved:
    said, header = read_approval(document), stored.header
    if stored.ended:
        raise CallError(f"{header.plan_id} was {stored.ended}: nothing more is said of it", advice="make a new plan")
    if said.plan_sha256 != stored.sha256:
        raise CallError("this was said of another plan, or of an earlier form of it", advice="sign the plan as it is")
    if faults := faults_of(project, header, said, _signer(project, header, document, signature)):
        raise CallError(f"this approval cannot count: {'; '.join(faults)}", advice="nothing was taken")
    at = project.clock().isoformat(timespec="seconds")
    told: Details = {
        "plan": header.plan_id, "plan_sha256": stored.sha256, "name": said.name, "role": said.role,
        "decision": said.decision, "signer": said.signer_sha256, "approval_sha256": plan_digest(document),
    }  # fmt: skip
    with project.store.transaction() as transaction:
        number = add_approval(transaction, header.plan_id, document, signature, at, project.actor)
        kind = "approved" if said.decision == APPROVE else "rejected"
        acts_log.append(transaction, header.plan_id, [(kind, told)], at=project.clock(), actor=project.actor)
        transaction.append_event(f"disposal {kind}", dict(told), at=project.clock(), actor=project.actor)
        if said.decision == REJECT:
            end_plan(transaction, header.plan_id, "rejected")
        found = standing(project, stored, transaction)
    folder = disposals_folder(project, header.plan_id) / APPROVALS
    keep_file(folder / f"{number:04d}-{said.role}.json", document)
    keep_file(folder / f"{number:04d}-{said.role}.json.p7s", signature)
    return Approved(
        plan_id=header.plan_id, name=said.name, role=said.role, decision=said.decision, approved=found.approved,
        lacking=found.lacking, ends_at=found.ends_at,
    )  # fmt: skip


def _given(project: Project, stored: StoredPlan, one: StoredApproval) -> Given:
    said = read_approval(one.document)
    signer = _signer(project, stored.header, one.document, one.signature)
    return Given(approval=said, faults=faults_of(project, stored.header, said, signer))


def _signer(project: Project, header: PlanHeader, document: bytes, signature: bytes) -> Signer | None:
    """Who signed, and to whom the settings, enrolments or the trust list bind the key."""
    found, people = state_signer(document, signature, project.clock()), keys_stated(project)
    if found is None:
        return None
    if found.sha256 in people and found.sha256 != header.seal_sha256:
        return Signer(sha256=found.sha256, bound_to=people[found.sha256])
    return signer_bound(
        document, signature, enrolments=enrolments_of(project.folder), trust=read_trust_list(project), people=people,
        seals=[header.seal_sha256, *_seals(project)], now=project.clock(),
    )  # fmt: skip


def _seals(project: Project) -> Sequence[str]:
    """Fingerprints of the organisation's seal, as audits and plans name them: no person signs with it."""
    found = set()
    for file in project.reports.glob("*/evidence/manifest.json"):
        try:
            found.add(str(json.loads(file.read_bytes())["seal"]["sha256"]))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return sorted(found)


def _inviters(project: Project) -> Mapping[str, str]:
    """Whoever invites people to the pages could invite somebody of their own making."""
    why = "whoever invites people does not approve"
    return {plain(row.made_by): why for row in load_invitations(project.store)}
