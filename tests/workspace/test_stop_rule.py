"""The stop rule: from the flag on, no byte of the picture is stored and none is shown, however it came in."""

from __future__ import annotations

import importlib.util
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from skimage import data
from sqlalchemy import select

from pdpo_audit import Workspace
from pdpo_audit.catalogue import schema
from pdpo_audit.model.findings import STOP_RULE
from pdpo_audit.policy.asking.question_sheets import write_questions
from pdpo_audit.policy.asking.questions import Ask, Question
from pdpo_audit.policy.terms.facts import REGISTRY
from pdpo_audit.workspace.catalogues.care import back_up
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.rules.asking import import_answers
from pdpo_audit.workspace.scan.person_search import find_person
from pdpo_audit.workspace.stopping import REMOVED
from tests.workspace.library import picture
from tests.workspace.test_judgements import fill
from tests.workspace.test_person_search import permit

HERE = ScanOptions(workers=0)
#: The portrait's original only: the rule holds its copy and everything else of its cluster as well.
FLAG = f"path,sensitivity\nset1/portrait.jpg,{STOP_RULE}\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    share = tmp_path / "share"
    for name in ("set1", "set2"):
        (share / name).mkdir(parents=True)
    portrait = Image.fromarray(data.astronaut())  # type: ignore[no-untyped-call]  # scikit-image is typed in part
    portrait.save(share / "set1" / "portrait.jpg", quality=95)
    portrait.resize((384, 384)).save(share / "set2" / "smaller.jpg", quality=85)
    for name in ("set1/other.png", "set2/other.png"):
        picture(7).save(share / name)
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(share)
    with workspace.project.settings_path.open("a") as file:
        file.write('\n[[registers]]\nfile = "flags.csv"\n')
    flag(workspace, "path,sensitivity\n")
    workspace.project.reload()
    return workspace


def flag(workspace: Workspace, text: str = FLAG) -> None:
    (workspace.project.folder / "flags.csv").write_text(text, "utf-8")


def stored(workspace: Workspace, *, shown: bool = False) -> list[bytes]:
    """The pictures that the catalogue keeps of the portrait and its copy; with ``shown`` those that reports show."""
    contents, readings, prints = schema.contents, schema.face_readings, schema.fingerprints
    asked = {bytes.fromhex(one) for one in portraits(workspace)}
    found = []
    for table in (readings,) if shown else (readings, prints):
        query = select(table.c.thumbnail).join(contents).where(contents.c.sha256.in_(asked))
        with workspace.project.store.reading() as connection:
            found += [bytes(one) for one in connection.execute(query).scalars() if one]
    return found


def portraits(workspace: Workspace) -> list[str]:
    held = workspace.table("holdings")
    return list(held.loc[held["path"].isin(["set1/portrait.jpg", "set2/smaller.jpg"]), "sha256"])


def written(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """Every byte under some folders, members of archives on their own."""
    for file in sorted(one for folder in folders for one in folder.rglob("*") if one.is_file()):
        yield str(file), file.read_bytes()
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                yield from ((f"{file}!{name}", archive.read(name)) for name in archive.namelist())


def holding(pictures: list[bytes], *folders: Path) -> set[str]:
    """The files that hold any of the pictures: all of it, or 64 bytes from its middle."""
    parts = [part for one in pictures for part in (one, one[len(one) // 2 :][:64])]
    return {name for name, read in written(*folders) if any(part in read for part in parts)}


@pytest.mark.sqlite
def test_from_the_flag_on_no_written_byte_holds_the_picture(workspace: Workspace) -> None:
    project = workspace.project
    workspace.scan(HERE)
    before = workspace.report().folder
    saved = back_up(project)
    pictures = stored(workspace)
    found = holding(pictures, project.folder)
    assert len(pictures) == 4 and str(saved) in found and any("catalogue.db" in one for one in found)
    assert any(name.startswith(str(before)) for name in found)

    flag(workspace)
    after = workspace.report().folder
    assert stored(workspace) == []
    assert {name for name in holding(pictures, project.folder) if not name.startswith(str(before))} == set()
    (event,) = [one.event.details for one in project.store.events() if one.event.kind == REMOVED]
    assert event == {"pictures": 4, "in_backups": 4, "reports_before": before.name}
    rows = workspace.table("dispositions").set_index("path")
    assert set(rows["outcome"][["set1/portrait.jpg", "set2/smaller.jpg"]]) == {"on_hold"}
    assert after != before

    for file in (Path(project.settings.sources[0].uri) / "set1").iterdir():
        file.touch()
    workspace.scan(HERE)
    workspace.report(masked=True)
    assert {name for name in holding(pictures, project.folder) if not name.startswith(str(before))} == set()


def stored_of_others(workspace: Workspace) -> list[bytes]:
    with workspace.project.store.reading() as connection:
        query = select(schema.face_readings.c.thumbnail).where(schema.face_readings.c.thumbnail != b"")
        return [bytes(one) for one in connection.execute(query).scalars()]


def test_of_what_is_flagged_beforehand_no_picture_is_made(workspace: Workspace) -> None:
    flag(workspace)
    workspace.scan(HERE)
    assert stored(workspace) == [] and stored_of_others(workspace)


def test_a_flag_that_is_answered_counts_from_the_import_on(workspace: Workspace, tmp_path: Path) -> None:
    workspace.scan(HERE)
    assert stored(workspace, shown=True)
    file = tmp_path / "questions.xlsx"
    flag(workspace, "path,sensitivity\nset1/portrait.jpg,child\n")  # flags join: what is known already is no reason
    write_questions([question("set1/portrait.jpg"), question("set1/portrait.*")], file)
    fill(file, 2, answer="none of these")
    fill(file, 3, answer=STOP_RULE)
    assert import_answers(workspace.project, file, "Chan Tai Man") == 2
    assert stored(workspace) == []


def test_a_later_pattern_of_the_settings_takes_no_flag_away(workspace: Workspace) -> None:
    workspace.scan(HERE)
    settings = workspace.project.settings_path
    text = settings.read_text("utf-8")
    stated = [("set1/portrait.jpg", STOP_RULE), ("**", "child")]
    facts = "".join(f'[[sources.facts]]\nmatch = "{one}"\nsensitivity = ["{flags}"]\n\n' for one, flags in stated)
    settings.write_text(text.replace("[[registers]]", facts + "[[registers]]"), "utf-8")
    workspace.project.reload()
    workspace.assess()
    assert stored(workspace) == []


def question(pattern: str) -> Question:
    fact = REGISTRY["sensitivity"]
    return Question(
        question_id="q", ask=Ask.ALWAYS, sources=("share",), pattern=pattern, fact=fact.name,
        english="", chinese="", choices=(), holdings=1, resolved=0,
    )  # fmt: skip


@pytest.mark.skipif(importlib.util.find_spec("dlib") is None, reason="the extra `recognition` is not installed")
def test_a_person_search_lists_no_face_of_it(workspace: Workspace, tmp_path: Path) -> None:
    workspace.scan(HERE)
    permit(workspace, date.max.isoformat())
    portrait = Image.fromarray(data.astronaut())  # type: ignore[no-untyped-call]  # scikit-image is typed in part
    portrait.crop((90, 0, 400, 300)).save(tmp_path / "asked.png")
    assert find_person(workspace.project, [tmp_path / "asked.png"]).by_face
    flag(workspace)
    found = find_person(workspace.project, [tmp_path / "asked.png"])
    assert found.by_face == ()
    assert {one.path for one in found.not_compared if one.reason == STOP_RULE} == {
        "set1/portrait.jpg", "set2/smaller.jpg"
    }  # fmt: skip
