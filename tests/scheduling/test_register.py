"""The register of reviews for a regulator: what the sealed records say, in both languages, and what fails."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from pdpo_audit import Workspace
from pdpo_audit.errors import CallError
from pdpo_audit.model.reviews.registers import Register, RegisteredChange, RegisteredRule, RegisteredSlot, ReviewDetails
from pdpo_audit.reports.register import register_html
from pdpo_audit.reports.words.labels import load_wording
from pdpo_audit.resources import resource
from pdpo_audit.signing.reviews.records import RECORD
from pdpo_audit.signing.verification import verify_path
from pdpo_audit.workspace.plans import ticking
from pdpo_audit.workspace.plans.chaining import REVIEWS, seal_records
from pdpo_audit.workspace.plans.planning import Wish, add_plan
from pdpo_audit.workspace.plans.registering import compose_register, write_register
from pdpo_audit.workspace.plans.running_due import SLEPT, Performed, run_due
from pdpo_audit.workspace.project import HONG_KONG, Project

FIRST, LAST = date(2026, 11, 1), date(2027, 12, 31)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    now = [datetime(2026, 11, 30, 9, tzinfo=HONG_KONG)]
    project = Workspace.create(tmp_path / "audit", clock=lambda: now[0]).project
    add_plan(project, "m", Wish(every="15th of the month"), by="Ho Mei")
    for days in (20, 100):
        now[0] = datetime(2026, 11, 30, 9, tzinfo=HONG_KONG) + timedelta(days=days)
        run_due(project, lambda *_: Performed(audit_id="A", sealed=True), lambda *_: None)
        seal_records(project)
    now[0] += timedelta(days=10)
    return project


def test_the_register_states_held_missed_and_open_slots(project: Project, tmp_path: Path) -> None:
    found = compose_register(project, first=FIRST, last=LAST)
    states = {row.slot: row.state for row in found.rows}
    assert states == {"2026-12-15": "held", "2027-01-15": "missed", "2027-02-15": "held", "2027-03-15": "open"}
    assert (found.held, found.missed, found.signed, found.faults) == (2, 1, 0, ())
    assert [row.late for row in found.rows if row.state == "held"] == [5, 23]
    assert found.overdue[-1] == ("review", "m", "2027-03-15")
    written = write_register(project, tmp_path / "out", first=FIRST, last=LAST)
    (file,) = written.files
    assert file.read_bytes()[:5] == b"%PDF-"
    assert verify_path(file, now=project.clock()).ok
    touched = shutil.copytree(file.parent, tmp_path / "touched") / file.name
    touched.write_bytes(touched.read_bytes() + b"\n")
    assert not verify_path(touched, now=project.clock()).ok
    with pytest.raises(CallError, match="exists already"):
        write_register(project, tmp_path / "out", first=FIRST, last=LAST)
    if shutil.which("pdftotext"):
        text = subprocess.run(
            ["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True
        ).stdout
        assert "Reviews held: 2; missed: 1; signed by everybody who must sign: 0" in text and found.head[:32] in text


def test_a_chain_that_was_touched_is_told_in_the_register(project: Project) -> None:
    record = sorted((project.folder / REVIEWS).iterdir())[0] / RECORD
    record.write_bytes(record.read_bytes().replace(b"2026-12-20", b"2026-12-15"))
    assert compose_register(project, first=FIRST, last=LAST).faults


DETAILS = ReviewDetails(
    owner="<b>Ho", authorised_by="Counsel", run_by="audit", skipped=3,
    covered=(("<s>nas", 12),), not_reached=("cloud",), partly=(("<i>hr", 1, 32),),
    methods=("people 9",), packs=("core 2.1",), since="A-1", changes={"new": 2, "gone": 0},
    opened_by={"library": 3, "facts": 1}, not_compared=("<u>cloud",),
    decided=(("Chan", "dpo", "partly", 4),), signed=(("Wong", "legal", "refuse", "2027-01-24", 10),),
    unsigned=("legal",), sign_by="2027-01-14", in_place_of="A-draft", packs_changed=(("core", "2.0 (aa)", "2.1 (bb)"),),
)  # fmt: skip


PLANNED = RegisteredChange(
    plan="q", act="changed", every="quarterly", since="2027-01-06", by="Ho Mei", on="2027-01-05",
    changed=(("every", "monthly", "quarterly"), ("sign_offs", "", "dpo")),
)  # fmt: skip
ADOPTED = RegisteredRule(
    on="2027-01-02", kind="adopted", rule="CORE-05", by="Ho Mei", reference="IRS 4", until="2029-12-31", period="P2Y"
)


def test_each_review_says_who_held_it_what_it_covered_how_and_what_changed() -> None:
    templates = resource("report_templates")
    row = RegisteredSlot(
        plan="q", slot="2026-12-31", due_on="2026-12-31", state="closed", held_on="2026-12-31", details=DETAILS
    )
    missed = RegisteredSlot(plan="q", slot="2027-03-31", due_on="2027-03-31", state="missed", reason=SLEPT)
    register = Register(
        organisation="Ltd", organisation_zh="", first="2026-01-01", last="2026-12-31",
        made_at="2026-12-31T09:00:00+08:00", rows=(row, missed), plans=(PLANNED,), records=(), faults=(),
        rules=(ADOPTED,), unreachable=("Ho Mei",),
        coming=(("q", "2027-05-01", "2027-05-03"),), overdue=(("sign-off", "q", "2027-01-14"),),
    )  # fmt: skip
    said = register_html(register, load_wording(templates / "register", "en"), templates)
    for words in (
        "accountable: &lt;b&gt;Ho; authorised by Counsel; run by the account audit", "&lt;s&gt;nas (12 copies)",
        "cloud was not reached; of &lt;i&gt;hr, folders with 1 of its 32 files could not be looked into; 3 files",
        "people 9", "core 2.1",
        "since audit A-1: 2 copies new; opened because of the library",
        "changed) (3), what people and registers stated (1); ",
        "&lt;u&gt;cloud was not compared", "signatures for the plan q, due on 2027-01-14</strong>.",
        SLEPT,
        "Chan (Data Protection Officer): agrees in part, 4 findings",
        "<strong>(10 days after the time limit)</strong>; not signed",
        "not signed by: legal; time limit 2027-01-14",
        "took the place of A-draft", "core changed since the review before: 2.0 (aa) before, 2.1 (bb) now",
        "period adopted in writing, P2Y, IRS 4, until 2029-12-31", "No mail address is known of Ho Mei: ",
        "changed: how often: monthly before, quarterly now; signatures: – before, dpo now", "Ho Mei, 2027-01-05",
        "due on <strong>2027-05-03</strong>", "planned for 2027-05-01",
    ):  # fmt: skip
        assert words in said, words
    chinese = register_html(register, load_wording(templates / "register", "zh-Hant"), templates)
    assert "逾期 10 日" in chinese and "以書面採納保留期、P2Y、IRS 4、至 2029-12-31" in chinese
    assert "頻率：先前 monthly，現為 quarterly" in chinese and "已取代覆核自行製作的 A-draft" in chinese
    assert (
        SLEPT not in chinese
        and "部分同意" in chinese
        and "自審核 A-1 以來：新增副本 2 個；新增原因：資料庫" in chinese
        and "製作本登記冊時已過期" in chinese
    )


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_the_trend_needs_two_reviews_and_hostile_names_stay_text(language: str) -> None:
    templates = resource("report_templates")
    t = load_wording(templates / "register", language)
    row = RegisteredSlot(
        plan="<b>q", slot="2026-12-31", due_on="2026-12-31", state="closed", held_on="2026-12-31",
        additional_copies=5, details=DETAILS, for_action=2, yearly_cost=120.5, signers=("<script>",),
    )  # fmt: skip
    register = Register(
        organisation="<i>Ltd", organisation_zh="", first="2026-01-01", last="2026-12-31",
        made_at="2026-12-31T09:00:00+08:00", rows=(row,), plans=(), records=(), faults=(),
    )  # fmt: skip
    one = register_html(register, t, templates)
    assert "<script>" not in one and "<i>Ltd" not in one and "data:image/svg" not in one
    two = register_html(replace(register, rows=(row, replace(row, slot="2027-03-31"))), t, templates)
    assert two.count("data:image/svg") == 3


def test_while_the_pages_are_served_reviews_are_woken_up(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    woken, own = Event(), list[Project]()

    def wake_up(other: Project) -> None:
        own.append(other)
        woken.set()

    monkeypatch.setattr(ticking, "_wake_up", wake_up)
    with ticking.ticking(project, first=0.01, then=0.01):
        assert woken.wait(10)
    assert own[0] is not project and own[0].folder == project.folder
