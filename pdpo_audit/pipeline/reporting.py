"""Stage 6: compose what the reports say, write them, seal them, and verify what was sealed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from pdpo_audit.errors import MachineError, VerificationError
from pdpo_audit.model.audits import AuditHeader
from pdpo_audit.model.events import ChainedEvent, withhold
from pdpo_audit.model.follow_ups import FollowUp
from pdpo_audit.model.reviews.deltas import Delta
from pdpo_audit.model.reviews.trends import Trend, trend_of
from pdpo_audit.model.tables import Table
from pdpo_audit.ports import ReportWriter, TableSource
from pdpo_audit.reports.content.composition import Content, compose
from pdpo_audit.reports.content.trends import point_of
from pdpo_audit.reports.pdf import render_pdf, wording_of
from pdpo_audit.reports.tables.masking import MaskedTables, mask_follow_up, mask_header, source_codes
from pdpo_audit.reports.tables.writing import write_table
from pdpo_audit.reports.words.labels import ENGLISH
from pdpo_audit.reports.workbook.writing import write_workbook
from pdpo_audit.signing.evidence.sealing import write_evidence
from pdpo_audit.signing.grammar.statements import state_audit, state_seal
from pdpo_audit.signing.keys.identities import Identity
from pdpo_audit.signing.pdf.fields import prepare_pdf
from pdpo_audit.signing.pdf.signatures import seal_pdf
from pdpo_audit.signing.rotations import ROTATIONS
from pdpo_audit.signing.verification import Verdict, VerificationResult, verify_path
from pdpo_audit.signing.workbook.seals import seal_workbook

#: What the review pages add, beside the reports.
REVIEW = "review.json"
KEPT = "kept-metadata"

#: Where the reports of other packages lie, each in a folder of its writer's name.
OTHERS = "others"

#: Face boxes stay in the working catalogue: the table of faces never enters the evidence.
_EVIDENCE = [table for table in Table if table not in (Table.PEOPLE, Table.EVENTS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """The sealed audit folder, what the reports say in numbers, and what verification said of it right away."""

    folder: Path
    content: Content
    verification: VerificationResult


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPlan:
    """One audit to write and seal into ``folder``.

    ``previous`` is what the audit before said in numbers, ``follow_up`` what became of its proposals, ``delta`` what
    changed since, ``trend`` the audits before. With ``trust`` (certificates) the seal must lead to one of them, and
    with a timestamp too its revocation answers are embedded (``signing.pdf.signatures``). With ``mask_key`` it is a
    distribution copy: names are codes, in the evidence too, and what the log tells is kept back. ``rotations`` are
    statements on the seal's own key, ``holds`` those in force, kept for a day on which the catalogue is lost.
    ``writers`` of other packages add reports, each in a folder of its name.
    """

    header: AuditHeader
    tables: TableSource
    events: Sequence[ChainedEvent]
    folder: Path
    identity: Identity
    languages: Sequence[str]
    templates: Path
    sealed_at: datetime
    timestamp_url: str
    trust: Sequence[bytes] = ()
    previous: Mapping[str, object] | None = None
    follow_up: FollowUp | None = None
    delta: Delta | None = None
    trend: Trend = field(default_factory=Trend)
    mask_key: bytes | None = None
    rotations: Mapping[str, bytes] = field(default_factory=dict)
    holds: bytes = b""
    #: Metadata that people kept with masters, as files by name.
    kept: Mapping[str, bytes] = field(default_factory=dict)
    writers: Mapping[str, ReportWriter] = field(default_factory=dict)


@contextmanager
def built_beside(folder: Path) -> Iterator[Path]:
    """A folder in which an audit is built, moved to ``folder`` whole: neither a kill nor a failure leaves half of it.

    :raises MachineError: the folder exists already, or the disk is full.
    """
    if folder.exists():
        raise MachineError(f"{folder} exists already", advice="an audit is never overwritten; run a new one")
    building = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    try:
        yield building
        building.rename(folder)
    except OSError as error:
        raise MachineError(
            f"the reports cannot be written: {error}", advice="check free space and permissions"
        ) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)


def mask_plan(plan: ReportPlan) -> ReportPlan:
    """The plan of a distribution copy with codes for names; any other as it is."""
    if not plan.mask_key:
        return plan
    codes = source_codes(plan.header, plan.mask_key)
    return replace(
        plan,
        header=mask_header(plan.header, plan.mask_key),
        tables=MaskedTables(plan.tables, plan.mask_key, codes),
        events=[withhold(entry) for entry in plan.events],
        follow_up=mask_follow_up(plan.follow_up, plan.mask_key, codes) if plan.follow_up else None,
        holds=b"",
        delta=None,
        kept={},
    )


def compose_content(plan: ReportPlan) -> Content:
    """What the reports say."""
    masked = plan.mask_key is not None
    content = compose(
        plan.header, plan.tables, previous=plan.previous, masked=masked, follow_up=plan.follow_up, delta=plan.delta
    )
    points = (*plan.trend.points, point_of(content.summary()))
    return replace(content, trend=trend_of(points, plan.trend.left_out))


def write_pdf(plan: ReportPlan, content: Content, language: str, building: Path) -> None:
    """The sealed report in one language."""
    pdf = prepare_pdf(render_pdf(content, language=language, templates=plan.templates))
    sealed = seal_pdf(
        pdf,
        plan.identity,
        signed_at=plan.sealed_at,
        reason=state_seal(plan.header),
        timestamp_url=plan.timestamp_url,
        trust=plan.trust,
    )
    (building / f"report.{language}.pdf").write_bytes(sealed)


def write_workbook_sealed(plan: ReportPlan, content: Content, language: str, building: Path) -> None:
    """The workbook in one language with its native seal, and the detached one beside it.

    The English one, which is always there, is called ``workbook.xlsx``.
    """
    path = building / ("workbook.xlsx" if language == ENGLISH.language else f"workbook.{language}.xlsx")
    t = ENGLISH if language == ENGLISH.language else wording_of(content, plan.templates / "audit", language)
    digests = write_workbook(content, plan.tables, path, t)
    sealed = seal_workbook(
        path.read_bytes(),
        plan.identity,
        signed_at=plan.sealed_at,
        organisation=plan.header.organisation,
        audit=state_audit(plan.header),
        timestamp_url=plan.timestamp_url,
        digests=digests,
    )
    path.write_bytes(sealed.workbook)
    path.with_name(f"{path.name}.p7s").write_bytes(sealed.detached)


def write_others(plan: ReportPlan, content: Content, building: Path) -> None:
    """What the writers of other packages add; ``MachineError`` names the one that failed."""
    for name, writer in plan.writers.items():
        folder = building / OTHERS / name
        folder.mkdir(parents=True)
        try:
            writer.write(plan.header, content.summary(), plan.tables, folder)
        except Exception as error:
            raise MachineError(
                f'the report writer "{name}" failed: {type(error).__name__}: {error}',
                advice="leave it out of [report] writers, or mend the package that brings it",
            ) from error


def write_sealed_evidence(plan: ReportPlan, content: Content, building: Path) -> None:
    """Tables, numbers, holds, rotations and the event log, under one sealed manifest."""
    evidence = building / "evidence"
    written = _write_tables(plan.tables, evidence / "tables", content.table_rows)
    numbers = json.dumps(content.summary(), ensure_ascii=False, indent=1, sort_keys=True)
    (evidence / "summary.json").write_text(numbers + "\n", "utf-8")
    if plan.delta:
        told = json.dumps(plan.delta.document(), ensure_ascii=False, indent=1, sort_keys=True)
        (building / "delta.json").write_text(told + "\n", "utf-8")
    _write_into(building / ROTATIONS, plan.rotations)
    if plan.header.review:
        said = json.dumps(plan.header.review.told(), ensure_ascii=False, indent=1, sort_keys=True)
        (building / REVIEW).write_text(said + "\n", "utf-8")
    _write_into(building / KEPT, plan.kept)
    if plan.holds:
        (evidence / "holds.json").write_bytes(plan.holds)
    write_evidence(
        building,
        header=plan.header,
        tables=written,
        events=plan.events,
        identity=plan.identity,
        signed_at=plan.sealed_at,
        timestamp_url=plan.timestamp_url,
    )


def _write_into(folder: Path, files: Mapping[str, bytes]) -> None:
    if files:
        folder.mkdir()
    for name, raw in files.items():
        (folder / name).write_bytes(raw)


def verify_sealed(plan: ReportPlan, building: Path) -> VerificationResult:
    """What was sealed, verified before anybody relies on it; ``VerificationError`` says what is wrong."""
    verification = verify_path(building, trust=plan.trust, now=plan.sealed_at)
    if not verification.ok:
        wrong = [f"{one.subject}: {one.statement}" for one in verification.checks if one.verdict is Verdict.FAILED]
        raise VerificationError(
            f"what was sealed does not verify, and was not kept: {'; '.join(wrong[:3])}",
            advice="check the key, its certificate and the trust list",
        )
    return verification


def _write_tables(tables: TableSource, folder: Path, expected: Mapping[Table, int]) -> dict[str, Path]:
    """Write the evidence's tables; ``MachineError`` unless each has as many rows as the reports say."""
    folder.mkdir(parents=True)
    written = {}
    for table in _EVIDENCE:
        path = written[table.value] = folder / f"{table.value}.csv"
        with path.open("wb") as stream:
            rows = write_table(tables.chunks(table), "csv", stream)
        if rows != expected[table]:
            raise MachineError(
                f"the table {table.value} has {rows} rows, and the reports say {expected[table]}",
                advice="something else works on this catalogue: let it end, and report again",
            )
    return written
