"""Stage 6: compose what the reports say, write them, seal them, and verify what was sealed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pdpo_audit.errors import MachineError, VerificationError
from pdpo_audit.model.audits import AuditHeader
from pdpo_audit.model.events import ChainedEvent, withhold
from pdpo_audit.model.follow_ups import FollowUp
from pdpo_audit.model.tables import Table
from pdpo_audit.ports import Progress, TableSource
from pdpo_audit.reports.content.composition import Content, compose
from pdpo_audit.reports.pdf import render_pdf
from pdpo_audit.reports.tables.masking import MaskedTables, mask_follow_up, mask_header, source_codes
from pdpo_audit.reports.tables.writing import write_table
from pdpo_audit.reports.workbook.writing import write_workbook
from pdpo_audit.signing.evidence.sealing import write_evidence
from pdpo_audit.signing.grammar.statements import state_audit, state_seal
from pdpo_audit.signing.keys.identities import Identity
from pdpo_audit.signing.pdf.fields import prepare_pdf
from pdpo_audit.signing.pdf.signatures import seal_pdf
from pdpo_audit.signing.rotations import ROTATIONS
from pdpo_audit.signing.verification import Verdict, VerificationResult, verify_path
from pdpo_audit.signing.workbook.seals import seal_workbook

#: Face boxes stay in the working catalogue: the table of faces never enters the evidence.
_EVIDENCE = [table for table in Table if table not in (Table.PEOPLE, Table.EVENTS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """The sealed audit folder, what the reports say in numbers, and what verification said of it right away."""

    folder: Path
    content: Content
    verification: VerificationResult


def write_reports(
    header: AuditHeader,
    tables: TableSource,
    events: Sequence[ChainedEvent],
    *,
    folder: Path,
    identity: Identity,
    languages: Sequence[str],
    templates: Path,
    sealed_at: datetime,
    timestamp_url: str,
    trust: Sequence[bytes] = (),
    progress: Progress,
    previous: Mapping[str, object] | None = None,
    follow_up: FollowUp | None = None,
    mask_key: bytes | None = None,
    rotations: Mapping[str, bytes] | None = None,
    holds: bytes = b"",
) -> Reported:
    """Write and seal everything an audit leaves behind into ``folder``.

    ``previous`` is what the audit before said in numbers, ``follow_up`` what became of its proposals. With ``trust``
    (certificates) the seal must lead to one of them, and with a timestamp too its revocation answers are embedded
    (``signing.pdf.signatures``). With ``mask_key`` it is a distribution copy: names are codes, in the evidence too,
    and what the log tells is kept back. ``rotations`` are statements on the seal's own key, ``holds`` those in force,
    kept for a day on which the catalogue is lost. The folder is built and verified beside its final place and moved
    there whole, so that neither a kill nor a failure leaves half an audit.

    :raises MachineError: the folder exists already, or the disk is full.
    :raises VerificationError: what was sealed does not verify.
    """
    if folder.exists():
        raise MachineError(f"{folder} exists already", advice="an audit is never overwritten; run a new one")
    building = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    try:
        progress.start("Writing and sealing reports", len(languages) + 4)
        shown, followed = tables, follow_up
        if mask_key:
            codes = source_codes(header, mask_key)
            shown = MaskedTables(tables, mask_key, codes)
            followed = mask_follow_up(follow_up, mask_key, codes) if follow_up else None
            header, events = mask_header(header, mask_key), [withhold(entry) for entry in events]
        content = compose(header, shown, previous=previous, masked=mask_key is not None, follow_up=followed)
        progress.advance()
        for language in languages:
            pdf = prepare_pdf(render_pdf(content, language=language, templates=templates))
            reason = state_seal(header)
            sealed = seal_pdf(
                pdf, identity, signed_at=sealed_at, reason=reason, timestamp_url=timestamp_url, trust=trust
            )
            (building / f"report.{language}.pdf").write_bytes(sealed)
            progress.advance()
        _write_workbook(header, content, shown, building / "workbook.xlsx", identity, sealed_at, timestamp_url)
        progress.advance()
        written = _write_tables(shown, building / "evidence" / "tables", content.table_rows)
        numbers = json.dumps(content.summary(), ensure_ascii=False, indent=1, sort_keys=True)
        (building / "evidence" / "summary.json").write_text(numbers + "\n", "utf-8")
        _write_rotations(building / ROTATIONS, rotations or {})
        if holds and not mask_key:
            (building / "evidence" / "holds.json").write_bytes(holds)
        write_evidence(
            building,
            header=header,
            tables=written,
            events=events,
            identity=identity,
            signed_at=sealed_at,
            timestamp_url=timestamp_url,
        )
        progress.advance()
        verification = _verify(building, trust, sealed_at)
        building.rename(folder)
    except OSError as error:
        raise MachineError(
            f"the reports cannot be written: {error}", advice="check free space and permissions"
        ) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    progress.advance()
    return Reported(folder=folder, content=content, verification=replace(verification, path=str(folder)))


def _write_rotations(folder: Path, rotations: Mapping[str, bytes]) -> None:
    if rotations:
        folder.mkdir()
    for name, raw in rotations.items():
        (folder / name).write_bytes(raw)


def _verify(building: Path, trust: Sequence[bytes], sealed_at: datetime) -> VerificationResult:
    """What was sealed, verified before anybody relies on it; ``VerificationError`` says what is wrong."""
    verification = verify_path(building, trust=trust, now=sealed_at)
    if not verification.ok:
        wrong = [f"{one.subject}: {one.statement}" for one in verification.checks if one.verdict is Verdict.FAILED]
        raise VerificationError(
            f"what was sealed does not verify, and was not kept: {'; '.join(wrong[:3])}",
            advice="check the key, its certificate and the trust list",
        )
    return verification


def _write_workbook(
    header: AuditHeader,
    content: Content,
    tables: TableSource,
    path: Path,
    identity: Identity,
    sealed_at: datetime,
    timestamp_url: str,
) -> None:
    digests = write_workbook(content, tables, path)
    sealed = seal_workbook(
        path.read_bytes(),
        identity,
        signed_at=sealed_at,
        organisation=header.organisation,
        audit=state_audit(header),
        timestamp_url=timestamp_url,
        digests=digests,
    )
    path.write_bytes(sealed.workbook)
    path.with_name(f"{path.name}.p7s").write_bytes(sealed.detached)


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
