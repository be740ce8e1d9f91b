"""Checks the folder of a plan: plan, approvals, log and certificate by their seals, and against each other."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pdpo_audit.model.disposition.approvals import APPROVE, Given, judge
from pdpo_audit.model.disposition.plans import PlanHeader
from pdpo_audit.model.disposition.writing import items_digest, plan_digest, read_approval, read_header, read_item
from pdpo_audit.model.events import ChainedEvent
from pdpo_audit.signing.bounds import LARGEST_READ, read_within
from pdpo_audit.signing.checks import Check, failed, merge_questions, open_question, proved
from pdpo_audit.signing.cms.checks import check_detached
from pdpo_audit.signing.cms.trust import Trust
from pdpo_audit.signing.disposals.certificates import Certificate, read_certificate
from pdpo_audit.signing.disposals.signers import state_signer
from pdpo_audit.signing.evidence.eventlog import broken_line, read_event
from pdpo_audit.signing.evidence.manifest import LARGEST_MANIFEST, fingerprint, is_regular, list_files

PLAN, ITEMS, APPROVALS = "plan.json", "items.jsonl", "approvals"
LOG, RESULTS, CERTIFICATE = "log.jsonl", "results.jsonl", "certificate.json"
SEAL = ".p7s"
#: Files for people, each with its seal beside it: they verify alone, too.
PRINTED = re.compile(r"(plan|certificate|letter)(\.[\w-]+)*\.(pdf|xlsx)\Z")
#: The plan itself, in every form: sealed at once, by the certificate that it names.
_OF_PLAN = re.compile(r"plan(\.[\w-]+)*\.(json|pdf|xlsx)\Z")
_APPROVAL = re.compile(rf"{APPROVALS}/\d{{4}}-[a-z]+\.json\Z")
#: What the log calls an act with its result.
_ACTS = frozenset({"acted"})
#: What a result says of a copy that was acted on.
_TOUCHED = frozenset({"quarantined", "done"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """The parts of a plan's folder that could be read."""

    folder: Path
    named: str
    header: PlanHeader
    sha256: str
    files: dict[str, Path]


def is_disposal(folder: Path) -> bool:
    """Whether a folder is that of a plan of disposition."""
    return is_regular(folder / PLAN) and not is_regular(folder / "evidence" / "manifest.json")


def check_disposal(folder: Path, trust: Trust) -> list[Check]:
    """Every seal, and that plan, approvals, log and certificate say the same."""
    plan = _opened(folder)
    if isinstance(plan, Check):
        return [plan]
    named, seal = plan.named, _seal_of(plan, trust)
    checks = [*_sealed(plan, PLAN, seal), *_lines(plan)]
    given, approvals = _approvals(plan, trust)
    log, logged = _log(plan, given)
    certificate, certified = _certificate(plan, seal, log)
    checks += [*approvals, *logged, *certified]
    for file in sorted(plan.files):
        if PRINTED.match(file):
            checks += _sealed(plan, file, seal)
    if certificate is None:
        checks.append(open_question(named, "What was done: no certificate was made yet."))
    checks.append(
        open_question(
            named,
            "Whether copies lie elsewhere: backups, snapshots, caches, undeclared places and media were not examined.",
        )
    )
    return merge_questions(checks)


def check_plan(folder: Path, trust: Trust) -> list[Check]:
    """That a plan is as it was sealed, in every form in which people read it; not what was said or done since."""
    plan = _opened(folder)
    if isinstance(plan, Check):
        return [plan]
    seal = _seal_of(plan, trust)
    files = [file for file in sorted(plan.files) if _OF_PLAN.match(file)]
    return [*(check for file in files for check in _sealed(plan, file, seal)), *_lines(plan)]


def _opened(folder: Path) -> _Plan | Check:
    """The plan in a folder, or why it cannot be read."""
    try:
        raw = read_within(folder / PLAN, LARGEST_MANIFEST)
        header = read_header(raw)
    except (OSError, ValueError) as error:
        return failed(f"{folder.name}/{PLAN}", f"This plan cannot be read ({error}).")
    return _Plan(
        folder=folder, named=folder.name, header=header, sha256=plan_digest(raw), files=dict(list_files(folder))
    )  # fmt: skip


def _seal_of(plan: _Plan, trust: Trust) -> Trust:
    return trust.for_seal(plan.header.organisation) if plan.header.organisation else trust


def check_printed(named: str, path: Path, trust: Trust) -> list[Check]:
    """A plan, certificate or letter for people by the seal beside it."""
    seal = read_within(path.with_name(f"{path.name}{SEAL}"), LARGEST_MANIFEST)
    reading = check_detached(named, read_within(path, LARGEST_READ), seal, trust, seal=f"{named}{SEAL}")
    return [*reading.checks, open_question(named, "What it says of copies: that takes the folder of its plan.")]


def _sealed(plan: _Plan, file: str, trust: Trust) -> list[Check]:
    """One file by its seal, which is the one that the plan names."""
    subject = f"{plan.named}/{file}"
    try:
        content = read_within(plan.folder / file, LARGEST_READ)
        seal = read_within(plan.folder / f"{file}{SEAL}", LARGEST_MANIFEST)
    except OSError as error:
        return [failed(subject, f"It has no seal that can be read ({error.strerror}).")]
    reading = check_detached(subject, content, seal, trust, seal=f"{subject}{SEAL}")
    checks = list(reading.checks)
    named = _OF_PLAN.match(file) is not None
    if named and reading.signer is not None and fingerprint(reading.signer) != plan.header.seal_sha256:
        checks.append(failed(subject, "The plan names another certificate than the one that sealed this file."))
    return checks


def _lines(plan: _Plan) -> Iterator[Check]:
    subject = f"{plan.named}/{ITEMS}"
    try:
        lines = (plan.folder / ITEMS).read_text("utf-8").split("\n")[:-1]
        numbers = [read_item(line).number for line in lines]
    except (OSError, ValueError) as error:
        yield failed(subject, f"The lines of the plan cannot be read ({error}).")
        return
    if (len(lines), items_digest(lines)) != (plan.header.items, plan.header.items_sha256):
        yield failed(subject, "The lines are not those of the sealed plan.")
    elif numbers != list(range(1, len(lines) + 1)):
        yield failed(subject, "The lines are not numbered one by one.")
    else:
        yield proved(subject, f"Its {len(lines):,} lines are those of the sealed plan.")


def _approvals(plan: _Plan, trust: Trust) -> tuple[list[tuple[Given, str]], list[Check]]:
    """The approvals that were signed, each with the digest of its document."""
    given: list[tuple[Given, str]] = []
    checks: list[Check] = []
    for file in sorted(one for one in plan.files if _APPROVAL.match(one)):
        subject = f"{plan.named}/{file}"
        try:
            document = read_within(plan.folder / file, LARGEST_MANIFEST)
            signature = read_within(plan.folder / f"{file}{SEAL}", LARGEST_MANIFEST)
            said = read_approval(document)
        except (OSError, ValueError) as error:
            checks.append(failed(subject, f"This approval cannot be read ({error})."))
            continue
        signer = state_signer(document, signature, trust.now)
        wrong = ""
        if signer is None or signer.sha256 != said.signer_sha256:
            wrong = "The key that it names did not sign it."
        elif said.plan_sha256 != plan.sha256:
            wrong = "It approves another plan, or an earlier form of it."
        elif signer.sha256 == plan.header.seal_sha256:
            wrong = "It was made with the organisation's seal: no person signed."
        if wrong:
            checks.append(failed(subject, wrong))
            continue
        given.append((Given(approval=said), plan_digest(document)))
        word = "approved" if said.decision == APPROVE else "refused"
        words = f"{said.name} ({said.role}) {word} this plan at {said.at}, with an own key."
        checks.append(proved(subject, words))
    return given, checks


def _log(plan: _Plan, given: list[tuple[Given, str]]) -> tuple[list[ChainedEvent], list[Check]]:
    subject = f"{plan.named}/{LOG}"
    if LOG not in plan.files:
        return [], []
    try:
        lines = (plan.folder / LOG).read_text("utf-8").split("\n")[:-1]
    except (OSError, ValueError) as error:
        return [], [failed(subject, f"The log cannot be read ({error}).")]
    broken = broken_line(lines)
    if broken is not None:
        return [], [failed(f"{subject}:{broken}", "The log was edited here: an entry was changed, added or removed.")]
    log = [read_event(line) for line in lines]
    first = log[0].event if log else None
    if first is None or first.kind != "planned" or first.details.get("sha256") != plan.sha256:
        return log, [failed(subject, "The log does not begin with this plan.")]
    told = {str(one.event.details.get("approval_sha256")) for one in log if one.event.kind in ("approved", "rejected")}
    checks = [
        failed(subject, f"The log does not tell of the approval of {one.approval.name}.")
        for one, digest in given
        if digest not in told
    ]
    known = {digest for _, digest in given}
    if missing := told - known:
        checks.append(failed(subject, f"{len(missing)} approvals that the log tells of are not here."))
    checks += _without_approval(plan, log, [one for one, _ in given], subject)
    return log, checks or [proved(subject, f"Its {len(log):,} entries are whole, and each act was approved before it.")]


def _without_approval(plan: _Plan, log: list[ChainedEvent], given: list[Given], subject: str) -> list[Check]:
    """Acts that the approvals of their moment do not cover; approvals change with a few entries only."""
    checks = []
    for place, entry in enumerate(log, start=1):
        event = entry.event
        if event.kind not in _ACTS or event.details.get("state") not in _TOUCHED:
            continue
        at = datetime.fromisoformat(event.at)
        before = [one for one in given if datetime.fromisoformat(one.approval.at) <= at]
        if not judge(plan.header, plan.sha256, before, at).approved:
            number = event.details.get("number")
            checks.append(failed(f"{subject}:{place}", f"Line {number} was acted on without the approvals it needs."))
        if len(checks) >= 20:
            break
    return checks


def _certificate(plan: _Plan, trust: Trust, log: list[ChainedEvent]) -> tuple[Certificate | None, list[Check]]:
    subject = f"{plan.named}/{CERTIFICATE}"
    if CERTIFICATE not in plan.files:
        return None, []
    checks = _sealed(plan, CERTIFICATE, trust)
    try:
        found = read_certificate(read_within(plan.folder / CERTIFICATE, LARGEST_READ))
    except (OSError, ValueError) as error:
        return None, [*checks, failed(subject, f"This certificate cannot be read ({error}).")]
    if found.plan_sha256 != plan.sha256 or found.plan_id != plan.header.plan_id:
        checks.append(failed(subject, "It certifies another plan."))
    head = log[found.log_entries - 1].digest.hex() if 0 < found.log_entries <= len(log) else ""
    if head != found.log_head:
        checks.append(failed(subject, "The log is not the one that was certified: it was cut or replaced."))
    else:
        checks += _told(found, log[: found.log_entries], subject)
    for file, digest in found.files_sha256.items():
        checks.append(_file(plan, str(file), str(digest)))
    unknown = [
        one for one in plan.files
        if one not in found.files_sha256 and one.removesuffix(SEAL) not in (CERTIFICATE, PLAN)
        and not (one.endswith(SEAL) and one.removesuffix(SEAL) in found.files_sha256)
    ]  # fmt: skip
    checks += [failed(f"{plan.named}/{one}", "This file is not part of what was certified.") for one in unknown]
    return found, checks


def _told(certificate: Certificate, log: list[ChainedEvent], subject: str) -> list[Check]:
    """That the certificate counts what the log tells."""
    last = {
        one.event.details["number"]: str(one.event.details.get("state"))
        for one in log
        if "state" in one.event.details and "number" in one.event.details
    }
    counted: dict[str, int] = {}
    for state in last.values():
        counted[state] = counted.get(state, 0) + 1
    stated = {name: count for name, count in certificate.states.items() if name not in ("awaiting_owner", "planned")}
    if {name: count for name, count in counted.items() if count} != {n: c for n, c in stated.items() if c}:
        return [failed(subject, "It counts otherwise than the log tells.")]
    return [proved(subject, f"It counts what the log tells of {len(last):,} copies.")]


def _file(plan: _Plan, file: str, digest: str) -> Check:
    subject = f"{plan.named}/{file}"
    path = plan.files.get(file)
    if path is None or not is_regular(path):
        return failed(subject, "This file is gone.")
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    return proved(subject, "It is as it was certified.") if found == digest else failed(subject, "It was changed.")
