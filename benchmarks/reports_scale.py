"""How reports grow: CPU seconds, memory and size for many holdings (workbook) and many findings (PDF).

    python benchmarks/reports_scale.py workbook 250000 [FILE]
    python benchmarks/reports_scale.py pdf 300 [FILE]

Prints one line a step; every figure comes from this one run.
"""

from __future__ import annotations

import hashlib
import io
import json
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from pdpo_audit.model.audits import AuditHeader, RuleText, SourceRecord
from pdpo_audit.model.tables import COLUMNS, Table
from pdpo_audit.reports.content.composition import compose
from pdpo_audit.reports.pdf import render_pdf
from pdpo_audit.reports.workbook.writing import write_workbook

TEMPLATES = Path(__file__).parents[1] / "report_templates"
SOURCES = ("studio-nas", "shenzhen-partner", "hr-archive")
SENTENCE = "Pictures of former employees are kept up to 7 years from the day employment ceased."
#: Copies of one picture.
COPIES = 5


class ManyRows:
    """Tables computed as they are read: every cluster has five copies, every copy of a people picture a finding."""

    def __init__(self, holdings: int, findings: int) -> None:
        self.lengths = {
            Table.HOLDINGS: holdings,
            Table.CLUSTERS: holdings // COPIES,
            Table.FINDINGS: findings,
            Table.DISPOSITIONS: holdings,
        }
        self._pictures: dict[int, bytes] = {}

    def chunks(self, table: Table, rows: int = 50_000) -> Iterator[pd.DataFrame]:
        length = self.lengths.get(table, 0)
        for start in range(0, max(length, 1), rows):
            yield self._frame(table, np.arange(start, min(start + rows, length)))

    def picture(self, cluster_id: str) -> bytes:
        seed = int(cluster_id[3:])
        noise = np.random.default_rng(seed).integers(0, 255, (15, 20, 3), dtype=np.uint8)
        stream = io.BytesIO()
        Image.fromarray(noise).resize((240, 180), Image.Resampling.BILINEAR).save(stream, "JPEG", quality=75)
        return stream.getvalue()

    def _frame(self, table: Table, at: np.ndarray) -> pd.DataFrame:
        frame = pd.DataFrame({name: [""] * len(at) for name in COLUMNS[table]})
        if not len(at):
            return frame
        cluster = [f"dc-{number // COPIES:07d}" for number in at]
        source = [SOURCES[number % 3] for number in at]
        path = [f"campaigns/2023-{number % 12:02d}/selects/DSC_{number:07d}.jpg" for number in at]
        common = {"source": source, "path": path, "cluster_id": cluster, "owner": source, "jurisdiction": "HK"}
        match table:
            case Table.HOLDINGS:
                return frame.assign(
                    **common, bytes=2_400_000 + at, sha256=[hashlib.sha256(str(n).encode()).hexdigest() for n in at],
                    format="JPEG", width=4000, height=3000, modified="2023-07-02T10:00:00+00:00",
                    captured="2023-07-01T09:30:00", relation="recompressed", similarity=0.97,
                    is_master=at % COPIES == 0, people_level=np.where(at // COPIES % 3 == 0, "P2", "P0"),
                    sensitivity="not looked for", faces=1, largest_face_px=220, phash="c3d4a5b6c7d8e9f0",
                    first_seen="2026-11-20",
                )  # fmt: skip
            case Table.CLUSTERS:
                return frame.assign(
                    cluster_id=[f"dc-{number:07d}" for number in at], copies=COPIES, sources=";".join(SOURCES),
                    jurisdictions="HK", bytes=12_000_000, additional_bytes=9_600_000, master_source=source,
                    master_path=path, master_reason="4000 x 3000 pixels", master_status="proposed",
                    people_level="P2", faces=1,
                )  # fmt: skip
            case Table.FINDINGS:
                return frame.assign(
                    **common, finding_id=[f"F-{number:08d}" for number in at], rule="HR-02", pack="hk-hr",
                    pack_version="1.0.0", pack_sha256="a7" * 32, severity="major", proposal="erase_this_copy",
                    counted_from="employment.ended_on", due_on="2024-06-30", authority="PCPD Code of Practice; DPP2(2)",
                    authority_rank="code_of_practice", confidence="found", people_level="P2", status="open",
                    explanation=SENTENCE,
                )  # fmt: skip
            case _:
                return frame.assign(
                    source=source, path=path, outcome=np.where(at % 5 == 1, "due", "no_rule"), due_on="2024-06-30",
                    rules="HR-02", explanation=SENTENCE,
                )  # fmt: skip


def header() -> AuditHeader:
    at = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    rule = RuleText(
        rule="HR-02", pack="hk-hr", title={"en": "Former employee images"}, sentence={"en": SENTENCE},
        authority="PCPD Code of Practice; DPP2(2)", authority_rank="code_of_practice", confidence="found",
        legal_review="not legally reviewed", severity="major",
    )  # fmt: skip
    return AuditHeader(
        audit_id="scale", tool="pdpo-audit", version="0", organisation="Scale Ltd", authorised_by="bench",
        started_at=at, finished_at=at, assessed_on=date(2026, 11, 20), rules=(rule,),
        sources=tuple(SourceRecord(name=name, uri="", owner=name, jurisdiction="HK") for name in SOURCES),
    )  # fmt: skip


def told(step: str, since: float) -> float:
    now = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{step:<28} {now - since:7.1f} CPU s   peak {peak:6.0f} MB", flush=True)
    return now


def workbook(holdings: int) -> None:
    tables = ManyRows(holdings, holdings // 3)
    since = time.process_time()
    for _ in tables.chunks(Table.HOLDINGS, 10_000):
        pass
    since = told("making the rows once", since)
    content = compose(header(), tables)
    since = told("compose", since)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workbook.xlsx"
        digests = write_workbook(content, tables, path)
        told(f"workbook of {holdings:,} holdings", since)
        print(f"{path.stat().st_size / 1e6:.1f} MB")
        if len(sys.argv) > 3:
            shutil.move(path, sys.argv[3])
            Path(f"{sys.argv[3]}.digests").write_text(json.dumps(digests))


def pdf(findings: int) -> None:
    tables = ManyRows(findings * COPIES, findings * COPIES)
    since = time.process_time()
    content = compose(header(), tables)
    since = told("compose", since)
    report = render_pdf(content, language="en", templates=TEMPLATES)
    told(f"PDF of {content.cases_shown} cases", since)
    print(f"{len(report) / 1e6:.1f} MB")
    if len(sys.argv) > 3:
        Path(sys.argv[3]).write_bytes(report)


if __name__ == "__main__":
    {"workbook": workbook, "pdf": pdf}[sys.argv[1]](int(sys.argv[2]))
