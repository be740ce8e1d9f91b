"""What sealing and checking cost: a workbook of many rows, and a report of many findings.

    python benchmarks/signing.py workbook 1000000
    python benchmarks/signing.py workbook workbook.xlsx
    python benchmarks/signing.py pdf report.pdf

``reports_scale.py`` writes the files (``pdf 300 report.pdf``, ``workbook 1000000 workbook.xlsx``). Prints one line a
step; every figure comes from this one run.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from openpyxl import Workbook

from pdpo_audit.signing.keys.identities import Identity, create_seal, open_pkcs12
from pdpo_audit.signing.pdf.fields import prepare_pdf
from pdpo_audit.signing.pdf.signatures import seal_pdf, sign_off_pdf
from pdpo_audit.signing.roles import Role
from pdpo_audit.signing.verification import verify_path
from pdpo_audit.signing.workbook.seals import seal_workbook

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def told(step: str, since: float) -> float:
    now = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{step:<40} {now - since:7.2f} CPU s   peak {peak:6.0f} MB", flush=True)
    return time.process_time()


def identity(name: str) -> Identity:
    return open_pkcs12(create_seal(common_name=name, organisation="Bench", passphrase=b"x", now=NOW), b"x")


def workbook(wanted: str) -> None:
    plain = made(int(wanted)) if wanted.isdigit() else Path(wanted).read_bytes()
    beside = Path(f"{wanted}.digests")
    digests = json.loads(beside.read_text()) if beside.is_file() else {}
    since = time.process_time()
    who = identity("Seal")
    since = told("making a key", since)
    sealed = seal_workbook(plain, who, signed_at=NOW, digests=digests)
    since = told(f"sealing {len(plain) / 1e6:.0f} MB, native and detached", since)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workbook.xlsx"
        path.write_bytes(sealed.workbook)
        path.with_name("workbook.xlsx.p7s").write_bytes(sealed.detached)
        result = verify_path(path, now=NOW)
    told(f"verifying: {'ok' if result.ok else 'FAILED'}", since)


def made(rows: int) -> bytes:
    since = time.process_time()
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Holdings")
    for row in range(rows):
        name = f"campaigns/2023/DSC_{row:07d}.jpg"
        sheet.append(["studio-nas", name, 2_400_000 + row, f"{row * 7919:064x}", "JPEG", "P2", "HK", 0.97])
    out = io.BytesIO()
    book.save(out)
    told(f"writing {rows:,} rows", since)
    return out.getvalue()


def pdf(path: str) -> None:
    rendered = Path(path).read_bytes()
    people = [identity(f"Person {number}") for number in range(3)]
    since = time.process_time()
    report = prepare_pdf(rendered)
    since = told(f"preparing ({len(rendered) / 1e6:.1f} MB)", since)
    report = seal_pdf(report, identity("Seal"), signed_at=NOW, reason="Sealed")
    since = told("sealing", since)
    since = _verified("verifying the seal", report, since)
    for role, person in zip(Role, people, strict=False):
        report = sign_off_pdf(report, person, role=role, name=role.value, signed_at=NOW)
    since = told("three sign-offs", since)
    _verified("verifying seal and three sign-offs", report, since)


def _verified(step: str, report: bytes, since: float) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.pdf"
        path.write_bytes(report)
        result = verify_path(path, now=NOW)
    return told(f"{step}: {'ok' if result.ok else 'FAILED'}", since)


if __name__ == "__main__":
    if sys.argv[1] == "workbook":
        workbook(sys.argv[2])
    else:
        pdf(sys.argv[2])
