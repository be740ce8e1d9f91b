"""Thousands of changes of each kind of sealed file, alone and in its audit: none is accepted that shows in a reader.

Changes are those of ``tests/signing/mutations.py``, drawn from the seed: bits and spans by chance, and what a forger
would try (pages hidden between objects, tables and trailers of their own, entries inside entries of a workbook's lists,
parts swapped, added and repacked). What is accepted is read by PDFium, Poppler and MuPDF, or by openpyxl and calamine,
the first few of each kind of change by LibreOffice too (it takes seconds); each must show what it shows of the file as
it was sealed. What verification finds of the files that were not changed is remembered. Takes half an hour of one core.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import shutil
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.recording import Run, recorded
from pdpo_audit.signing.cms.checks import check_detached
from pdpo_audit.signing.cms.trust import read_trust
from pdpo_audit.signing.evidence.bundle import BUNDLE as BUNDLE_NAME
from pdpo_audit.signing.evidence.bundle_checks import check_bundle
from pdpo_audit.signing.pdf.checks import check_pdf
from pdpo_audit.signing.roles import Role
from pdpo_audit.signing.verification import verify_path
from tests.signing.material import LATER, person, sign_off, write_audit
from tests.signing.mutations import BUNDLE, BYTES, PACKAGE, PDF, Change, mutations
from tests.signing.readers import PDF_READERS, WORKBOOK_READERS, libreoffice, shown

WATCHED = ("pdpo_audit/signing/**/*.py", "tests/signing/mutations.py", "tests/signing/forging.py")

#: What a lone file cannot show, as ``verify`` says of each.
SAID = ("a revision dropped or again", "parts in another order")

#: How many accepted changes of one kind LibreOffice reads, and which part of the count is tried for small files in
#: their audit.
SLOW_READINGS, SMALL = 3, 1

#: Answers that are kept of one check; those of changed files are of no use again.
MOST_REMEMBERED = 200

Readers = dict[str, Callable[[bytes], str]]


def remember(*functions: Callable[..., object]) -> None:
    """Let checks that look at nothing but what they are given answer from memory, wherever they are called from."""
    modules = [module for name, module in sys.modules.items() if name.startswith("pdpo_audit.signing")]
    for function in functions:
        answering = _remembering(function)
        for module in modules:
            if getattr(module, function.__name__, None) is function:
                setattr(module, function.__name__, answering)


def _remembering(function: Callable[..., object]) -> Callable[..., object]:
    known: dict[str, object] = {}

    def key_of(value: object) -> str:
        content = value.read_bytes() if isinstance(value, Path) else value
        return hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else repr(value)

    def answer(*given: object, **named: object) -> object:
        key = "|".join([*map(key_of, given), *(f"{name}={key_of(value)}" for name, value in sorted(named.items()))])
        if key not in known:
            if len(known) > MOST_REMEMBERED:
                known.clear()
            known[key] = function(*given, **named)
        return known[key]

    return answer


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of the changes of one file."""

    tried: int = 0
    accepted: Counter[str] = field(default_factory=Counter)
    shown_otherwise: list[str] = field(default_factory=list)


def try_changes(
    place: Path, verified: Path, changes: dict[str, Change], readers: Readers, seed: int, count: int
) -> Tally:
    """Put each changed file at ``place`` and verify ``verified``; the file is as before afterwards."""
    content, tally = place.read_bytes(), Tally()
    before = {name: shown(read, content) for name, read in readers.items()}
    for name, changed in mutations(content, changes, seed, count):
        place.write_bytes(changed)
        tally.tried += 1
        if verify_path(verified, now=LATER).ok:
            tally.accepted[name] += 1
            for reader, read in readers.items():
                slow = reader == "LibreOffice" and tally.accepted[name] > SLOW_READINGS
                if not slow and shown(read, changed) != before[reader]:
                    tally.shown_otherwise.append(f"{name}: {reader}")
    place.write_bytes(content)
    return tally


def try_seals(place: Path, seed: int, count: int) -> Tally:
    """A detached seal by itself, over the bytes that it seals."""
    content, seal, tally = place.with_suffix("").read_bytes(), place.read_bytes(), Tally()
    nobody = read_trust([], LATER)
    for name, changed in mutations(seal, BYTES, seed, count):
        tally.tried += 1
        tally.accepted[name] += check_detached("seal", content, changed, nobody).signer is not None
    return tally


def hold(run: Run, what: str, tally: Tally, count: int, allowed: tuple[str, ...]) -> None:
    run.at_least(f"{what}: changes tried", tally.tried, count)
    run.equal(f"{what}: accepted and shown otherwise by a reader", len(tally.shown_otherwise), 0)
    unsaid = sum(number for name, number in tally.accepted.items() if name not in allowed)
    run.equal(f"{what}: accepted otherwise than verify says", unsaid, 0)
    for name, number in sorted(tally.accepted.items()):
        run.tell(f"{what}: accepted, {name}", number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One file to be changed: its name in the audit, which changes, alone or in its audit, and what is allowed."""

    what: str
    named: str
    kind: str
    alone: bool
    seed: int
    count: int

    @property
    def allowed(self) -> tuple[str, ...]:
        return SAID if self.alone else ()


def kinds() -> dict[str, tuple[dict[str, Change], Readers]]:
    """The changes of each kind of file, and who reads what is accepted of it."""
    office = {"LibreOffice": libreoffice} if shutil.which("soffice") else {}
    return {
        "report": (PDF, PDF_READERS),
        "workbook": (PACKAGE, {**WORKBOOK_READERS, **office}),
        "bundle": (BUNDLE, {}),
        "small": (BYTES, {}),
    }


def do(job: Job, audit: Path) -> Tally:
    """One job on a copy of the audit of its own."""
    warnings.simplefilter("ignore")
    remember(check_pdf, check_detached, check_bundle)
    changes, readers = kinds()[job.kind]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(shutil.copytree(audit, Path(scratch) / "audit"))
        if not job.alone:
            return try_changes(folder / job.named, folder, changes, {}, job.seed, job.count)
        if job.kind == "small":
            return try_seals(folder / job.named, job.seed, job.count)
        lone = Path(shutil.copy(folder / job.named, scratch))
        return try_changes(lone, lone, changes, readers, job.seed, job.count)


def plan(seed: int, count: int) -> list[Job]:
    """Every file alone and in its audit; what is small is tried in full alone, and by a part in its audit."""
    large = {"report": "report.en.pdf", "workbook": "workbook.xlsx", "bundle": BUNDLE_NAME}
    small = {
        "seal of the manifest": "evidence/manifest.json.p7s",
        "seal beside the workbook": "workbook.xlsx.p7s",
        "signature of a sign-off": "evidence/sign-offs/0001-legal.json.p7s",
        "manifest": "evidence/manifest.json",
        "record of a sign-off": "evidence/sign-offs/0001-legal.json",
    }
    jobs: list[Job] = []
    for kind, named in large.items():
        for alone in (False, True):
            what = f"lone {kind}" if alone else f"{kind} in its audit"
            jobs.append(Job(what=what, named=named, kind=kind, alone=alone, seed=seed + len(jobs), count=count))
    for what, named in small.items():
        if named.endswith(".p7s"):
            more = Job(what=f"lone {what}", named=named, kind="small", alone=True, seed=seed + len(jobs), count=count)
            jobs.append(more)
        few, at = count // SMALL, seed + len(jobs)
        jobs.append(Job(what=f"{what} in its audit", named=named, kind="small", alone=False, seed=at, count=few))
    return jobs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2_000, help="changes of each kind of file, alone and in its audit")
    parser.add_argument("--seed", type=int, default=20261130)
    parser.add_argument(
        "--only", choices=sorted(kinds()), default="", help="one kind of file, with a result of its own"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    wanted = parser.parse_args()
    jobs = [job for job in plan(wanted.seed, wanted.count) if wanted.only in ("", job.kind)]
    name = f"seals_{wanted.only}" if wanted.only else "seals"
    with (
        tempfile.TemporaryDirectory() as scratch,
        recorded(name, wanted.seed, WATCHED) as run,
        ProcessPoolExecutor(wanted.workers, multiprocessing.get_context("spawn")) as pool,
    ):
        audit = write_audit(Path(scratch) / "audit")
        sign_off(audit, person("Chan Tai Man"), Role.LEGAL, "Chan Tai Man")
        run.tell("readers", ", ".join([*PDF_READERS, *kinds()["workbook"][1]]))
        for job, tally in zip(jobs, pool.map(do, jobs, [audit] * len(jobs)), strict=True):
            hold(run, job.what, tally, job.count, job.allowed)


if __name__ == "__main__":
    main()
