"""Every number on page 2, in `status` and in the workbook's summary, against a count written apart from the program."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from shutil import which

import pytest
from openpyxl import load_workbook
from PIL import Image
from skimage import data

from pdpo_audit import Workspace
from pdpo_audit.resources import resource
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.purging import purge
from pdpo_audit.workspace.review.deciding import export_decisions, import_decisions
from tests.people.test_sharing import NAMED
from tests.recount import recount
from tests.workspace.library import make_library
from tests.workspace.test_judgements import fill

HERE = ScanOptions(workers=0)
#: What page 2 asks of owners, by the name of the count.
ASKED = {"owner": "decisions_due", "facts": "decisions_facts", "finds": "decisions_findings"}
pytestmark = pytest.mark.slow  # it writes and seals four audits
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description'
    ' xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:dc="http://purl.org/dc/elements/1.1/"><e:PersonInImage>'
    "<rdf:Bag><rdf:li>{}</rdf:li></rdf:Bag></e:PersonInImage><dc:subject><rdf:Bag><rdf:li>{}</rdf:li></rdf:Bag></dc:subject>"
    "</rdf:Description></rdf:RDF></x:xmpmeta>"
)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A named portrait with copies that carry no name, a crop that shows nobody, and a file that is not opened."""
    base = tmp_path_factory.mktemp("recount")
    make_library(base / "nas", 3, copies=1)
    (base / "web").mkdir()
    portrait = Image.fromarray(data.astronaut())  # type: ignore[no-untyped-call]  # scikit-image is typed in part
    said = XMP.format(NAMED.persons[0], NAMED.keywords[0])
    portrait.save(base / "nas" / "named.jpg", quality=95, xmp=said.encode())
    portrait.save(base / "web" / "bare.jpg", quality=95)
    portrait.resize((300, 300)).save(base / "web" / "small.jpg", quality=80)
    portrait.crop((0, 200, 512, 512)).save(base / "web" / "nobody.jpg", quality=92)
    (base / "web" / "small.jpg.json").write_text('{"title": "small.jpg", "photoTakenTime": {"timestamp": "0"}}')
    (base / "web" / "more.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    workspace = Workspace.create(base / "audit")
    workspace.add(base / "nas", base / "web")
    file = workspace.project.settings_path
    text = file.read_text("utf-8").replace('languages = ["en"]', 'languages = ["en", "zh-Hant"]')
    file.write_text(text.replace('\njurisdiction = ""', '\njurisdiction = "SG"', 1), "utf-8")
    workspace.project.reload()
    workspace.scan(HERE)
    return workspace


def counted(workspace: Workspace, folder: Path) -> dict[str, int]:
    for table in ("holdings", "skipped", "dispositions", "findings"):
        workspace.export(table, "csv", folder / f"{table}.csv")
    return recount(folder)


def page_two(report: Path) -> str:
    told = subprocess.run(["pdftotext", "-f", "2", "-l", "2", "-raw", report, "-"], capture_output=True, check=True)
    return re.sub(r"\s+", "", told.stdout.decode())


def said(language: str, key: str, plural: int = 2, **values: object) -> str:
    """A sentence of page 2 as the label file words it, without spaces and marks."""
    labels = tomllib.loads((resource("report_templates") / f"audit/labels/{language}.toml").read_text("utf-8"))
    section, _, name = key.partition(".")
    found = labels[section][name]
    text = found if isinstance(found, str) else found["one" if plural == 1 else "other"]
    shown = {name: f"{value:,}" if isinstance(value, int) else value for name, value in values.items()}
    return re.sub(r"\s+|\*", "", text.format(**shown))


def expected(language: str, found: dict[str, int]) -> list[str]:
    """What page 2 has to say of these numbers."""
    lines = [
        said(
            language,
            "answer.protected_text",
            hold=found["on_hold"],
            keep=found["must_keep"],
            conflict=found["conflict"],
        )
    ]
    lines += [said(language, f"answer.{key}", found[name], n=found[name], section=13)
              for key, name in (("examined_not", "skipped"), ("sidecars", "sidecars")) if found[name]]  # fmt: skip
    if found["abroad"]:
        told = said(language, "answer.where_outside", found["abroad"], n=found["abroad"],
                    recognisable=found["abroad recognisable"], places="|")  # fmt: skip
        lines.append(told.partition("|")[0])
    for name, number in found.items():
        kind, _, of = name.partition(" ")
        if kind == "act":
            lines.append(said(language, "answer.period_act", n=number, act=said(language, f"acts.{of}")))
        if kind in ASKED:
            lines.append(said(language, f"answer.{ASKED[kind]}", number, n=number))
    for level, key in (("P2", "people_recognisable"), ("P3", "people_named"), ("unknown", "people_unknown")):
        pictures, copies, own = (found[f"{level} {what}"] for what in ("pictures", "copies", "own"))
        if pictures:
            held = said(language, "cases.copies_of", copies, n=copies)
            lines.append(said(language, f"answer.{key}", pictures, n=pictures, copies=held))
        if pictures and own < copies and level != "unknown":
            lines.append(said(language, "answer.people_part", own, n=own, held=copies))
    for key, name in (
        ("urgent_children", "children"),
        ("partly_looked_for", "unlooked"),
        ("where_unknown", "placeless"),
    ):
        if found[name]:
            lines.append(said(language, f"answer.{key}", found[name], n=found[name]))
    if not any(found[name] for name in ("on_hold", "must_keep", "conflict")):
        lines[0] = said(language, "answer.protected_none")
    return lines


def check(workspace: Workspace, audit: Path, folder: Path) -> dict[str, int]:
    found = counted(workspace, folder)
    status = workspace.status()
    assert (status.counts.holdings, status.counts.pictures, status.counts.clusters) == (
        found["copies"], found["pictures"], found["clusters"],
    )  # fmt: skip
    assert (status.counts.additional_copies, status.counts.skipped, status.counts.bytes) == (
        found["additional"], found["skipped"], found["bytes"],
    )  # fmt: skip
    for level, one in status.counts.people.items():
        assert (one.pictures, one.held, one.holdings) == tuple(
            found[f"{level} {what}"] for what in ("pictures", "copies", "own")
        ), level
    assert {name: number for name, number in status.outcomes.items() if number} == {
        name: found[name] for name in status.outcomes if found[name]
    }
    sheet = load_workbook(audit / "workbook.xlsx")["Summary"]
    rows: dict[str, tuple[object, ...]] = {}
    for row in sheet.iter_rows(values_only=True):
        rows.setdefault(str(row[0]), row[1:4])  # what changed since the last audit stands below under the same words
    for label, name in (
        ("Holdings (stored copies)", "copies"), ("Distinct pictures", "pictures"), ("Duplicate clusters", "clusters"),
        ("Additional copies", "additional"), ("Bytes of all holdings", "bytes"), ("Seen and not examined", "skipped"),
        ("Sidecars, read with their pictures", "sidecars"),
        ("Findings", "findings"), ("Findings that need action", "action"),
    ):  # fmt: skip
        assert rows[label][0] == found[name], label
    for level in ("P0", "P1", "P2", "P3", "unknown"):
        label = next(name for name in rows if name.endswith(f"({level})"))
        assert rows[label] == tuple(found[f"{level} {what}"] for what in ("pictures", "copies", "own")), level
    chinese = load_workbook(audit / "workbook.zh-Hant.xlsx")["Summary"]
    summed = [[cell for cell in row if isinstance(cell, int | float)] for row in sheet.iter_rows(values_only=True)]
    assert summed == [
        [cell for cell in row if isinstance(cell, int | float)] for row in chinese.iter_rows(values_only=True)
    ]
    if which("pdftotext"):
        for language in ("en", "zh-Hant"):
            page = page_two(audit / f"report.{language}.pdf")
            for line in expected(language, found):
                assert line in page, (language, line, page)
            numbers = [f"{found[name]:,}" for name in ("copies", "pictures", "clusters")]
            assert all(number in page for number in numbers)
    return found


def test_a_bare_library_then_decisions_then_a_lost_source_then_a_purge(workspace: Workspace, tmp_path: Path) -> None:
    workspace.assess()
    found = check(workspace, workspace.report().folder, tmp_path)
    assert (found["P3 pictures"], found["P3 copies"], found["P3 own"], found["children"]) == (1, 4, 3, 3)
    sheet = tmp_path / "decisions.xlsx"
    export_decisions(workspace.project, sheet)
    fill(sheet, 2, decision="disagree", reason="still needed", decided_by="Wong", role="legal")
    import_decisions(workspace.project, sheet)
    made = workspace.report()
    assert check(workspace, made.folder, tmp_path)["decided"] == 1
    if which("pdftotext"):
        for language in ("en", "zh-Hant"):
            line = said(language, "answer.reliable_decided", 1, n=1, findings=found["findings"], people="Wong")
            page = page_two(made.folder / f"report.{language}.pdf")
            assert line in page and said(language, "answer.reliable_people") not in page
    base = workspace.project.folder.parent
    (base / "web").rename(base / "away")
    workspace.scan(HERE)
    workspace.assess()
    lost = check(workspace, workspace.report().folder, tmp_path)
    assert lost["copies"] < found["copies"]
    (base / "away").rename(base / "web")
    purge(workspace.project, early=True)
    workspace.scan(HERE)
    workspace.assess()
    again = counted(workspace, tmp_path)
    assert {name: again[name] for name in ("copies", "P3 own", "pictures")} == {
        name: found[name] for name in ("copies", "P3 own", "pictures")
    }
