"""A distribution copy tells no path, login, digest or hash in any unpacked byte; a killed report is gone on with."""

from __future__ import annotations

import csv
import io
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image
from skimage import data

from pdpo_audit import Workspace
from pdpo_audit.model.tables import COLUMNS
from pdpo_audit.reports.tables.masking import CODED, KEPT, LEFT_OUT, PATHS, PLUS, SOURCES, TEXTS
from pdpo_audit.signing.verification import verify_path
from pdpo_audit.workspace.project import ScanOptions, now
from pdpo_audit.workspace.running import open_for, run

from .library import make_library

LOGIN = "op_chan77"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A reported audit of folders and files with telling names, by somebody with a telling login."""
    base = tmp_path_factory.mktemp("work")
    photos = base / "Photos_HR"
    make_library(photos, 3, copies=2)
    (photos / "Leavers_陳大文").mkdir()
    portrait = Image.fromarray(data.astronaut())  # type: ignore[no-untyped-call]  # scikit-image is typed in part
    for name in ("Leavers_陳大文/badge_HKID-A123.jpg", "Chan_TM_portrait.jpg"):
        portrait.save(photos / name, quality=92)
    (photos / "notes_of_Chan.jpg").write_text("no picture")
    opened = open_for([photos], None, base)
    opened.project.actor = LOGIN
    run(opened, ScanOptions(workers=0), [photos])
    return opened


@pytest.fixture(scope="module")
def copy(workspace: Workspace) -> Path:
    return workspace.report(masked=True).folder


def every_byte(name: str, raw: bytes) -> Iterator[tuple[str, bytes]]:
    """What a file holds, and what it holds packed: members of ZIP files, streams and page texts of PDF files."""
    yield name, raw
    if raw.startswith(b"PK\3\4"):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for member in archive.namelist():
                yield f"{name}!{member}", member.encode()
                yield from every_byte(f"{name}!{member}", archive.read(member))
    if raw.startswith(b"%PDF-"):
        with pikepdf.open(io.BytesIO(raw)) as pdf:
            for one in pdf.objects:
                yield f"{name}#{one.objgen}", one.unparse() if not isinstance(one, pikepdf.Stream) else _stream(one)
        for number, page in enumerate(pypdfium2.PdfDocument(raw), start=1):
            yield f"{name}, page {number}", page.get_textpage().get_text_range().encode()


def _stream(stream: pikepdf.Stream) -> bytes:
    try:
        return stream.read_bytes()
    except pikepdf.PdfError:
        return stream.read_raw_bytes()


def clear_words(audit: Path) -> set[str]:
    """Paths, names on the way to them that are no common words, digests, what ids are made of, hashes, the login."""
    words = {LOGIN, "Photos_HR"}
    for table in ("holdings", "skipped"):
        with (audit / f"evidence/tables/{table}.csv").open(encoding="utf-8") as rows:
            for row in csv.DictReader(rows):
                parts = [part for step in row["path"].split("!/") for part in step.split("/")]
                words |= {row["path"], *parts, *(Path(part).stem for part in parts)}
                digest, hashed = row.get("sha256", ""), row.get("phash", "")
                words |= {digest, digest[:10].upper(), digest[:10], hashed}
    return {word for word in words if len(word) > 3 and re.search(r"[^a-z]", word)}


def test_no_clear_name_login_digest_or_hash_in_any_unpacked_byte(workspace: Workspace, copy: Path) -> None:
    (audit,) = workspace.project.reports.iterdir()
    words = clear_words(audit)
    assert {"Leavers_陳大文", "badge_HKID-A123", "IMG_0001", "copy of 0", LOGIN} <= words and len(words) > 40
    forms = {form: word for word in words for form in (word.encode(), word.encode("utf-16-be"))}
    forms |= {bytes.fromhex(word): word for word in words if re.fullmatch(r"[0-9a-f]{16,64}", word)}
    told, seen = set(), 0
    for file in (path for path in copy.rglob("*") if path.is_file()):
        for place, content in every_byte(file.name, file.read_bytes()):
            seen += len(content)
            told |= {(word, place) for form, word in forms.items() if form in content}
    assert told == set()
    assert seen > 1_000_000
    clear = {word for form, word in forms.items() if form in (audit / "evidence/tables/holdings.csv").read_bytes()}
    assert len(clear) > 20, "the search finds them where they are"


def test_the_copy_verifies_and_says_what_it_is(copy: Path) -> None:
    result = verify_path(copy, now=now())
    assert result.ok, result
    assert any("this is a distribution copy" in check.statement for check in result.checks)


def test_the_names_behind_the_codes_stay_in_the_workspace(workspace: Workspace, copy: Path) -> None:
    folder = workspace.project.folder / "keys/masking"
    names = folder / f"{copy.name}.csv"
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    with names.open(encoding="utf-8") as rows:
        known = {row["code"]: row["path"] for row in csv.DictReader(rows)}
    with (copy / "evidence/tables/holdings.csv").open(encoding="utf-8") as rows:
        shown = [row["path"] for row in csv.DictReader(rows)]
    assert {"Chan_TM_portrait.jpg", "Leavers_陳大文/badge_HKID-A123.jpg"} <= {known[code] for code in shown}


def test_a_second_copy_has_other_codes_and_the_audit_stays(workspace: Workspace, copy: Path) -> None:
    (audit,) = workspace.project.reports.iterdir()
    again = workspace.report(masked=True).folder
    assert again.name == f"{copy.name}-2" and list(workspace.project.reports.iterdir()) == [audit]
    ids = [
        re.findall(rb"DC-[0-9A-F]{10}", (one / "evidence/tables/clusters.csv").read_bytes()) for one in (copy, again)
    ]
    assert ids[0] and not set(ids[0]) & set(ids[1])


def test_every_column_has_its_rule() -> None:
    ruled = (
        KEPT
        | LEFT_OUT
        | set(PATHS)
        | set(SOURCES)
        | set(TEXTS)
        | set(CODED)
        | set(PLUS)
        | {"cluster_id", "finding_id", "sha256"}
    )
    assert {column for columns in COLUMNS.values() for column in columns} - ruled == set()


KILLED = """
import os, signal, sys
from importlib import import_module
from pathlib import Path
from pdpo_audit import Workspace
module, _, function = sys.argv[2].rpartition(".")
setattr(import_module(module), function, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
Workspace.open(Path(sys.argv[1])).report()
"""


def killed_report(folder: Path, before: str) -> bool:
    """Whether ``report`` in a process of its own was killed when it came to ``before`` (module.function)."""
    ended = subprocess.run([sys.executable, "-c", KILLED, folder, before], capture_output=True, check=False)
    return ended.returncode == -signal.SIGKILL


@pytest.mark.slow
@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("before", "sealed"),
    [("pdpo_audit.pipeline.reporting.write_evidence", False), ("pdpo_audit.workspace.report.reporting._close", True)],
)
def test_a_report_that_was_killed_is_gone_on_with(
    workspace: Workspace, tmp_path: Path, before: str, sealed: bool
) -> None:
    home = Path(shutil.copytree(workspace.project.folder, tmp_path / "work"))
    first = {path.name for path in (home / "reports").iterdir()}
    assert killed_report(home, before)
    whole = {path.name for path in (home / "reports").iterdir() if not path.name.startswith(".")} - first
    assert bool(whole) == sealed
    opened = Workspace.open(home)
    summary = opened.report()
    opened.close()
    assert verify_path(summary.folder, now=now()).ok
    assert not whole or whole == {summary.folder.name}, "what was sealed before the kill is the audit"
    assert {path.name for path in (home / "reports").iterdir()} - first == {summary.folder.name}
