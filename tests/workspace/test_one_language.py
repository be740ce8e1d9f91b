"""One set of patterns selects the same holdings wherever patterns are used: a property over random trees."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from pdpo_audit import Workspace
from pdpo_audit.model.findings import Hold
from pdpo_audit.model.locations.classes import RecordClasses
from pdpo_audit.model.locations.holdings import FolderListing, ImageRef, locate
from pdpo_audit.model.locations.patterns import LANGUAGE
from pdpo_audit.model.locations.patterns import matches as matches_pattern
from pdpo_audit.pipeline.facts.collecting import PatternFacts, lay_patterns
from pdpo_audit.pipeline.registering import lay_registers
from pdpo_audit.policy.stating.answers import Answer, apply_answers
from pdpo_audit.policy.stating.holds import select
from pdpo_audit.policy.stating.registers import Register, RegisterRow
from pdpo_audit.sources.filesystem import FolderSource
from pdpo_audit.workspace.project import ScanOptions
from tests.workspace.library import picture

ON = date(2026, 11, 20)
NAMES = st.sampled_from(
    [
        b"a",
        b"b.jpg",
        b"scan.tif",
        b"scan.tif!",
        b"%",
        b"%FF",
        b"\xff",
        b"a[1]",
        b"a1",
        "圖".encode(),
        b"50% off!",
        b"\n",
    ]
)
LOCATORS = st.lists(NAMES, min_size=1, max_size=3).map(b"/".join)
PATTERNS = st.lists(
    st.sampled_from(
        ["**/", "*", "**", "?", "/", "a", "a[1]", "[!a]", "*.tif", "scan.tif", "!/page/2", "%21", "%FF", "%", "圖"]
    ),
    min_size=1,
    max_size=4,
).map("".join)


def library(locators: set[bytes]) -> pd.DataFrame:
    refs = [
        ImageRef(source="s", locator=locator, member=member)
        for locator in sorted(locators)
        for member in (("page/1", "page/2") if locator.endswith(b".tif") else ("",))
    ]
    return pd.DataFrame({"source": "s", "path": [ref.path for ref in refs], "sha256": "", "cluster_id": ""})


def by_settings(frame: pd.DataFrame, pattern: str) -> list[str]:
    laid = lay_patterns(frame.copy(), [PatternFacts(source="s", match=pattern, facts={"record.purpose": "x"})])
    return list(frame["path"][laid["record.purpose"].eq("x")])


def by_register(frame: pd.DataFrame, pattern: str) -> list[str]:
    row = RegisterRow(line=2, source="", path=pattern, sha256="", facts={"record.purpose": "x"})
    laid = lay_registers(frame, [Register(name="r", digest="", supplied_by="", rows=(row,))]).facts
    return list(frame["path"][laid["record.purpose"].eq("x")])


def by_hold(frame: pd.DataFrame, pattern: str) -> list[str]:
    hold = Hold(
        hold_id="H", kind="legal_hold", matter="m", issued_by="w", issuer_role="legal", starts_on=ON,
        path_pattern=pattern, language=LANGUAGE,
    )  # fmt: skip
    return list(frame["path"][select([hold], frame, ON).rows > 0])


def by_answer(frame: pd.DataFrame, pattern: str) -> list[str]:
    answer = Answer(source="s", pattern=pattern, fact="record.purpose", value="x", answered_by="c", answered_on=ON)
    return list(frame["path"][apply_answers(frame, [answer])["record.purpose"].eq("x")])


def by_record_class(frame: pd.DataFrame, pattern: str) -> list[str]:
    classes = RecordClasses(by_source={}, by_path=[("s", pattern, "kyc_record")])
    return [path for path in frame["path"] if classes.of("s", path)]


@settings(max_examples=300, deadline=None)
@given(st.sets(LOCATORS, min_size=1, max_size=6), PATTERNS)
def test_facts_registers_holds_answers_and_record_classes_choose_the_same(locators: set[bytes], pattern: str) -> None:
    frame = library(locators)
    chosen = [path for path in frame["path"] if matches_pattern(pattern, path)]
    for use in (by_settings, by_register, by_hold, by_answer, by_record_class):
        assert use(frame, pattern) == chosen, use.__name__


@settings(max_examples=60, deadline=None)
@given(st.sets(LOCATORS, min_size=1, max_size=6), PATTERNS)
def test_include_and_exclude_choose_the_same_files(locators: set[bytes], pattern: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = set(grown(Path(folder), locators))
        included = listed(FolderSource(name="s", root=bytes(Path(folder)), include=(pattern,)))
        rest = listed(FolderSource(name="s", root=bytes(Path(folder)), exclude=(pattern,)))
    chosen = {one for one in files if matches_pattern(pattern, ImageRef(source="s", locator=one).path)}
    assert rest == files - chosen
    assert chosen <= included and all(one.endswith(b".tif") for one in included - chosen)  # for the pages in them


def listed(source: FolderSource) -> set[bytes]:
    folders = [one for one in source.folders() if isinstance(one, FolderListing)]
    return {locate(one.folder, entry[0]) for one in folders for entry in one.entries}


def grown(root: Path, locators: set[bytes]) -> list[bytes]:
    """The files that were made: of two locators of which one needs the other to be a folder the first stands."""
    made = []
    for locator in sorted(locators):
        path = Path(bytes(root).decode()) / locator.decode("utf-8", "surrogateescape")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x")
        except OSError:
            continue
        made.append(locator)
    return made


def test_a_hold_placed_before_selects_what_it_selected_and_what_it_selects_now() -> None:
    paths = ["scan.tif!/page/1", "a/scan.tif!/page/2", "a/b/c.tif", "set1/x/y.jpg", "100%25/z.jpg"]
    frame = pd.DataFrame({"source": "s", "path": paths, "sha256": "", "cluster_id": ""})
    hold = Hold(
        hold_id="H", kind="legal_hold", matter="m", issued_by="w", issuer_role="legal", starts_on=ON, path_pattern=""
    )

    def chosen(pattern: str, language: str) -> list[int]:
        placed = replace(hold, path_pattern=pattern, language=language)
        return np.flatnonzero(select([placed], frame, ON).rows).tolist()

    assert chosen("**/*.tif", "") == [0, 1, 2] and chosen("**/*.tif", LANGUAGE) == [0, 1, 2]
    assert chosen("set1/*", "") == [3] and chosen("set1/*", LANGUAGE) == []
    assert chosen("100%/*", "") == [4]


@settings(max_examples=12, deadline=None)
@given(st.sets(LOCATORS, min_size=2, max_size=5), PATTERNS)
def test_include_and_exclude_choose_pages_too(locators: set[bytes], pattern: str) -> None:
    """Through a whole scan: what one pattern lets in and leaves out is what it selects among everything."""
    with tempfile.TemporaryDirectory() as folder:
        share = Path(folder) / "share"
        share.mkdir()
        for number, locator in enumerate(grown(share, locators)):
            place = share / locator.decode("utf-8", "surrogateescape")
            if locator.endswith(b".tif"):
                picture(number).save(place, "TIFF", save_all=True, append_images=[picture(100 + number)])
            else:
                picture(number).save(place, "PNG")
        everything = scanned(Path(folder) / "all", share)
        chosen = {path for path in everything if matches_pattern(pattern, path)}
        assert scanned(Path(folder) / "in", share, f"include = [{json.dumps(pattern)}]") == chosen
        assert scanned(Path(folder) / "out", share, f"exclude = [{json.dumps(pattern)}]") == everything - chosen


def scanned(audit: Path, share: Path, setting: str = "") -> set[str]:
    """The places that a scan counts as holdings."""
    workspace = Workspace.create(audit)
    workspace.add(share)
    change(workspace, setting)
    workspace.scan(ScanOptions(workers=0, people="off", level="exact"))
    try:
        return set(workspace.table("holdings")["path"])
    finally:
        workspace.close()


def change(workspace: Workspace, setting: str) -> None:
    file = workspace.project.settings_path
    lines = [line for line in file.read_text("utf-8").splitlines() if not line.startswith(("include", "exclude"))]
    file.write_text("\n".join(lines).replace('name = "share"', f'name = "share"\n{setting}'), "utf-8")
    workspace.project.reload()


def test_pages_come_and_go_with_the_settings(tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    picture(1).save(share / "scan.tif", save_all=True, append_images=[picture(2), picture(3)])
    picture(4).save(share / "other.png")
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(share)

    def held(setting: str) -> tuple[list[str], int]:
        change(workspace, setting)
        seen = workspace.scan(ScanOptions(workers=0, people="off"))
        assert seen.not_reached == () and workspace.scan(ScanOptions(workers=0, people="off")).examined.files == 0
        return list(workspace.table("holdings")["path"]), seen.examined.files

    pages = [f"scan.tif!/page/{number}" for number in (1, 2, 3)]
    assert held("") == (["other.png", *pages], 2)
    assert held('exclude = ["**/page/2"]') == (["other.png", pages[0], pages[2]], 1)
    assert held('include = ["scan.tif!/page/3"]') == ([pages[2]], 1)
    assert held('include = ["**/page/9"]') == ([], 1)
    assert held("") == (["other.png", *pages], 2)
