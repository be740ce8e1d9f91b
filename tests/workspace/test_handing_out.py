"""One owner's list has that owner's copies, and no place of anybody else's; audits and tables by owner."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from pathlib import Path
from shutil import which

import pytest
from openpyxl import load_workbook
from PIL import Image
from skimage import data

from pdpo_audit import Workspace
from pdpo_audit.errors import CallError
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.report.handing.handouts import hand_out, slug
from tests.cli.conftest import Call, call
from tests.workspace.library import make_library, picture

__all__ = ["call"]
HERE = ScanOptions(workers=0, people="off")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A picture that two owners hold, and pictures of each alone."""
    base = tmp_path_factory.mktemp("handout")
    make_library(base / "ours", 3)
    (base / "theirs-private").mkdir()
    picture(77).save(base / "theirs-private" / "alone.jpg", quality=90)
    portrait = Image.fromarray(data.astronaut())  # type: ignore[no-untyped-call]  # scikit-image is typed in part
    portrait.save(base / "ours" / "portrait.jpg", quality=80)
    portrait.save(base / "theirs-private" / "secret-master.png")
    workspace = Workspace.create(base / "audit")
    workspace.add(base / "ours", base / "theirs-private")
    file = workspace.project.settings_path
    text = file.read_text("utf-8").replace('languages = ["en"]', 'languages = ["en", "zh-Hant"]')
    for owner in ("Studio", "人事部"):
        text = text.replace('\nowner = ""', f'\nowner = "{owner}"', 1)
    file.write_text(text, "utf-8")
    workspace.project.reload()
    workspace.scan(HERE)
    workspace.assess()
    return workspace


def words_of(folder: Path) -> str:
    """Everything that a handout says: its workbooks and its pages."""
    said = []
    for file in folder.glob("*.xlsx"):
        for sheet in load_workbook(file).worksheets:
            said += [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    if which("pdftotext"):
        for file in folder.glob("*.pdf"):
            told = subprocess.run(["pdftotext", "-raw", file, "-"], capture_output=True, check=True)
            said.append(told.stdout.decode())
    return "\n".join(said)


def test_an_owner_is_given_what_is_theirs_and_nothing_else(workspace: Workspace) -> None:
    ours, theirs = hand_out(workspace.project)
    held = workspace.table("holdings")
    for made in (ours, theirs):
        assert made.copies == int((held["owner"] == made.owner).sum())
        assert {file.name for file in made.folder.iterdir()} == {
            "handout.en.pdf", "handout.zh-Hant.pdf", "handout.xlsx", "handout.zh-Hant.xlsx",
        }  # fmt: skip
    said = words_of(ours.folder)
    assert "portrait.jpg" in said and "secret-master" not in said and "theirs-private" not in said
    assert "a copy of another owner" in said
    assert "portrait.jpg" not in words_of(theirs.folder)
    book = load_workbook(ours.folder / "handout.xlsx")
    assert book["Holdings"].max_row == 3 + ours.copies
    (alone,) = hand_out(workspace.project, "Studio")
    assert alone.folder == ours.folder and alone.copies == ours.copies


def test_an_owner_who_is_named_nowhere_is_refused_with_those_who_are(workspace: Workspace) -> None:
    with pytest.raises(CallError, match='did you mean "Studio"'):
        hand_out(workspace.project, "Studios")
    assert slug("") == "no-owner" and slug("人事部 / HR") == "人事部-hr"


def test_tables_by_owner_and_for_excel(workspace: Workspace, call: Call, tmp_path: Path) -> None:
    folder = workspace.project.folder
    file = tmp_path / "mine.csv"
    made = call("export", "holdings", "--owner", "Studio", "--excel", "-o", file, "--workspace", folder)
    assert made.code == 0, made.err
    raw = file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert {row["owner"] for row in rows} == {"Studio"} and len(rows) == 4
    clusters = call("export", "clusters", "--owner", "Studio", "--format", "json", "--workspace", folder)
    (cluster,) = json.loads(clusters.out)
    assert cluster["copies"] == 1 and "theirs" not in clusters.out
    assert call("export", "events", "--owner", "Studio", "--workspace", folder).code == 2
    assert call("export", "holdings", "--excel", "--format", "json", "--workspace", folder).code == 2


def test_audits_say_day_seal_signers_and_result(workspace: Workspace, call: Call) -> None:
    folder = workspace.project.folder
    made = workspace.report()
    (listed,) = json.loads(call("audits", "--workspace", folder, "--json").out)
    assert listed["audit_id"] == made.audit_id and listed["draft"] is True
    assert (listed["signers"], listed["result"]) == ([], "verifies")
    assert listed["sealed_at"] and len(listed["seal_sha256"]) == 64
    shown = call("audits", "--workspace", folder)
    assert made.audit_id in shown.out and "verifies" in shown.out and "nobody" in shown.out
    book = made.folder / "workbook.xlsx"
    raw = book.read_bytes()
    book.write_bytes(raw[:300] + bytes([raw[300] ^ 1]) + raw[301:])
    (listed,) = json.loads(call("audits", "--workspace", folder, "--json").out)
    book.write_bytes(raw)
    assert listed["result"] == "DOES NOT VERIFY"
