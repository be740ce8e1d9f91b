"""An open matter told at the start keeps everything that it may concern, until a hold takes its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.errors import SettingsError
from pdpo_audit.model.findings import Hold
from pdpo_audit.model.tables import Table
from pdpo_audit.reports.content.composition import compose
from pdpo_audit.reports.pdf import render_html
from pdpo_audit.reports.tables.masking import mask_header
from pdpo_audit.resources import resource
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.review.holds import Selectors, add_hold
from pdpo_audit.workspace.setup.initialising import Answers, name_sources
from tests.reports.example import header, tables
from tests.workspace.library import make_library

MATTER = "Complaint of Ms Lee"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    for name in ("nas", "web"):
        make_library(tmp_path / name, 2, copies=1)
    sources = name_sources([tmp_path / "nas", tmp_path / "web"])
    workspace = Workspace.create(tmp_path / "audit", Answers(open_matters=f" {MATTER}\n", sources=sources))
    workspace.scan(ScanOptions(workers=0, people="off"))
    return workspace


def outcomes(workspace: Workspace) -> dict[str, set[str]]:
    workspace.assess()
    table = workspace.table(Table.DISPOSITIONS)
    return {str(name): set(rows["outcome"]) for name, rows in table.groupby("source")}


def test_everything_counts_as_held_until_a_hold_takes_its_place(workspace: Workspace) -> None:
    assert outcomes(workspace) == {"nas": {"on_hold"}, "web": {"on_hold"}}
    told = workspace.table(Table.DISPOSITIONS)
    assert told["explanation"].str.contains("no hold is placed for it yet").all()
    assert told["explanation_zh"].str.contains("尚未為該事宜作出保存要求").all()
    add_hold(
        workspace.project, kind="complaint", matter=MATTER.upper(), issued_by="Wong", issuer_role="legal",
        selectors=Selectors(path_pattern="set0/*", source="nas"),
    )  # fmt: skip
    after = outcomes(workspace)
    assert "on_hold" in after["nas"] and "on_hold" not in after["web"]


def test_a_matter_names_its_sources_and_ends_when_it_is_closed(workspace: Workspace) -> None:
    file = workspace.project.settings_path
    file.write_text(file.read_text("utf-8").replace("sources = []\nclosed", 'sources = ["web"]\nclosed'), "utf-8")
    workspace.project.reload()
    found = outcomes(workspace)
    assert found["web"] == {"on_hold"} and "on_hold" not in found["nas"]
    file.write_text(file.read_text("utf-8").replace('closed_on = ""', "closed_on = 2020-01-01"), "utf-8")
    workspace.project.reload()
    assert "on_hold" not in outcomes(workspace)["web"]
    file.write_text(file.read_text("utf-8").replace('sources = ["web"]\nclosed', 'sources = ["wbe"]\nclosed'), "utf-8")
    with pytest.raises(SettingsError, match="not declared: wbe"):
        workspace.project.reload()
        workspace.project.settings.digest()


@pytest.mark.parametrize(
    ("language", "told"), [("en", "no hold is placed for it: <strong>"), ("zh-Hant", "未有為此作出保存要求：<strong>")]
)
def test_the_first_page_says_that_a_matter_is_open_and_nothing_is_held_for_it(language: str, told: str) -> None:
    open_matters = ((MATTER, ("nas",)),)
    content = compose(header(open_matters=open_matters, holds=()), tables())
    page = render_html(content, language=language, templates=resource("report_templates"))[0]
    first = page[page.index('id="answer"') : page.index('id="contents"')]
    assert f"{told}{MATTER}" in first and "nas" in first
    denied = {"en": "No hold, open request or complaint", "zh-Hant": "沒有記錄任何保存要求"}[language]
    assert denied not in page
    masked = mask_header(content.header, b"key")
    assert MATTER not in str(masked.open_matters)


@pytest.mark.parametrize(("language", "asked"), [("en", "is still needed"), ("zh-Hant", "是否仍有需要")])
def test_the_first_page_says_who_decides_where_everything_is_held(language: str, asked: str) -> None:
    held = tables()
    for row in held.rows[Table.DISPOSITIONS]:
        row |= {"outcome": "on_hold", "act": "", "due_on": ""}
    hold = Hold(
        hold_id="H-1", kind="complaint", matter="a complaint", issued_by="Wong", issuer_role="legal",
        starts_on=date(2026, 1, 2),
    )  # fmt: skip
    for open_matters in ((), ((MATTER, ("nas",)),)):
        content = compose(header(open_matters=open_matters, holds=(hold,)), held)
        page = render_html(content, language=language, templates=resource("report_templates"))[0]
        first = page[page.index('id="answer"') : page.index('id="contents"')]
        assert first.count(asked) == 1, "only who placed a hold says whether it is still needed"
        assert first.count(content.decisions[0].decide_by.isoformat()) == len(content.asked[:4]) + bool(open_matters)
