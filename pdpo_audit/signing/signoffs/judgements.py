"""What valid sign-offs say: of the person behind each, and whether everybody who has to agree does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cryptography import x509

from pdpo_audit.signing.checks import Check, failed, open_question, proved
from pdpo_audit.signing.evidence.manifest import Manifest
from pdpo_audit.signing.keys.identities import common_name
from pdpo_audit.signing.roles import Decision, Role
from pdpo_audit.signing.signoffs.bindings import Binding, Bond
from pdpo_audit.signing.signoffs.enrolments import fingerprint
from pdpo_audit.signing.signoffs.records import SIGN_OFFS, SignOff


def judge_person(
    record: SignOff,
    binding: Binding,
    signer: x509.Certificate,
    manifest: Manifest,
    earlier: Sequence[SignOff],
) -> list[Check]:
    """What was decided is proved of the key; of a person only as far as the certificate is bound to one."""
    path, subject = record.path, signer.subject.rfc4514_string()
    decided = f" and {record.decision.words}" if record.decision else ""
    remark = f", remarking {record.comment!r}" if record.comment else ""
    said = f"The holder of the key of {subject} signed for {record.role.value}{decided}{remark}."
    replaced = next((one for one in earlier if one.number == record.supersedes), None)
    more = f" It takes the place of sign-off {replaced.number} ({_decision(replaced)})." if replaced else ""
    return [
        proved(path, said + more),
        *_judge_name(record, binding, signer, manifest),
        *_judge_role(record, manifest),
        *_judge_company(record, earlier),
    ]


def judge_required(
    records: Sequence[SignOff], bindings: Mapping[int, Binding], manifest: Manifest, *, all_required: bool
) -> list[Check]:
    """Whether every required role agrees, by somebody who is known.

    A missing one is an open question while people still sign, and a failure once all of them should have.
    """
    say = failed if all_required else open_question
    checks: list[Check] = []
    for role in manifest.required_sign_offs:
        lacking = _what_lacks(role, records, bindings, manifest)
        if lacking:
            checks.append(say(SIGN_OFFS, f"Whether {role} agrees: {lacking}"))
    later = open_question(
        SIGN_OFFS, "That no later sign-off was removed together with its record: compare with the signers' own copies."
    )
    return [*checks, later]


def counting(records: Sequence[SignOff], bindings: Mapping[int, Binding], role: str) -> SignOff | None:
    """The sign-off of ``role`` that counts: the last by somebody who is known, else the last.

    So nobody sets aside what a known person signed by signing after them with a key of their own making.
    """
    mine = [record for record in records if record.role == role]
    known = [record for record in mine if bindings[record.number].holds]
    return next(iter([*reversed(known), *reversed(mine)]), None)


def _what_lacks(role: str, records: Sequence[SignOff], bindings: Mapping[int, Binding], manifest: Manifest) -> str:
    record = counting(records, bindings, role)
    if record is None:
        return "this required sign-off has not been given; nobody reviewed it."
    if not record.agrees:
        return f"{record.name} refused it."
    if not bindings[record.number].holds:
        return (
            f"the sign-off in the name of {record.name} was made with a key that is bound to nobody (by the trust "
            "list, --signer, or a countersigned enrolment)."
        )
    holder = bindings[record.number].holder
    if holder and not _carries(holder, record.name):
        return f"it was signed in the name of {record.name} with the certificate of {holder}."
    if gone := _left(record, manifest):
        return f"{record.name} signed after their last day, {gone}."
    named = manifest.roles.get(role, "")
    entitled = [name for name in (named, manifest.deputies.get(role, "")) if name]
    if named and not any(_is(name, record, bindings[record.number]) for name in entitled):
        return f"the report names {named} in this role, and {record.name} signed."
    return ""


def _left(record: SignOff, manifest: Manifest) -> str:
    """The last day of who signed, where it was over by the time that they state; empty where it was not."""
    days = (day for name, day in manifest.leaving.items() if same_name(name, record.name))
    return next((day for day in days if record.signed_at[:10] > day), "")


def _is(named: str, record: SignOff, binding: Binding) -> bool:
    """Whether the one who signed is ``named``: as they state it, and as their enrolment does, where it rests on one."""
    names = [record.name, *([binding.statement.name] if binding.statement else [])]
    return all(same_name(named, name) for name in names)


def _judge_name(record: SignOff, binding: Binding, signer: x509.Certificate, manifest: Manifest) -> list[Check]:
    path = record.path
    match binding.bond:
        case Bond.COUNTERSIGNED if binding.statement is not None:
            enrolled = binding.statement
            if not same_name(enrolled.name, record.name):
                return [failed(path, f"Signed as {record.name}, with a key that {enrolled.name} is enrolled with.")]
            if enrolled.organisation and enrolled.organisation not in manifest.organisations:
                return [failed(path, f"{enrolled.name} is enrolled for another organisation: {enrolled.organisation}.")]
            if record.role.value not in enrolled.roles:
                return [failed(path, f"{enrolled.name} is not enrolled to sign for {record.role.value}.")]
            return [proved(path, f"It was signed by {record.name}: {binding.how}.")]
        case Bond.TRUSTED | Bond.NAMED if _carries(common_name(signer), record.name):
            return [proved(path, f"The certificate names {record.name}, as the sign-off does.")]
        case Bond.TRUSTED | Bond.NAMED:
            return [open_question(path, f"Whether {record.name} signed: the certificate does not carry this name.")]
        case Bond.STATED:
            return [
                open_question(path, f"Whether {record.name} signed. It is stated by the organisation: {binding.how}.")
            ]
        case _:
            return [
                open_question(
                    path,
                    f"Whether {record.name} signed: this name was typed beside the key with the certificate "
                    f"{fingerprint(signer)}, and nothing binds it to anybody.",
                )
            ]


def _judge_role(record: SignOff, manifest: Manifest) -> list[Check]:
    """Whether the person who signed is the one whom the report names, or their deputy; else it stays a question."""
    if gone := _left(record, manifest):
        question = f"Whether {record.name} could still sign: the audit states {gone} as their last day."
        return [open_question(record.path, question)]
    named = manifest.roles.get(record.role.value, "")
    if not named or same_name(named, record.name):
        return []
    if same_name(manifest.deputies.get(record.role.value, ""), record.name):
        said = f"{record.name} signed for {record.role.value} as the deputy of {named}, as the audit states."
        return [proved(record.path, said)]
    question = f"Whether {record.name} may sign for {record.role.value}: the report names {named} in this role."
    return [open_question(record.path, question)]


def _judge_company(record: SignOff, earlier: Sequence[SignOff]) -> list[Check]:
    """One person signs in one role; audits of the first format let a name stand in two, which is left open."""
    others = {one.role for one in earlier if one.role is not record.role and same_name(one.name, record.name)}
    if not others:
        return []
    roles = ", ".join(role.value for role in Role if role in others)
    if record.decision is None:
        return [open_question(record.path, f"Whether one person may sign twice: {record.name} signed for {roles} too.")]
    return [failed(record.path, f"{record.name} signed for {roles} already: one person signs in one role.")]


def _decision(record: SignOff) -> str:
    return f"{record.name} {(record.decision or Decision.AGREE).words}"


def _carries(common_name: str, name: str) -> bool:
    """Whether a certificate's common name carries every word of ``name``."""
    words = {word.strip(",;()") for word in common_name.casefold().split()}
    mine = name.casefold().split()
    return bool(mine) and set(mine) <= words


def same_name(one: str, other: str) -> bool:
    """Whether two names are written alike but for case and spaces."""
    return one.casefold().split() == other.casefold().split()
