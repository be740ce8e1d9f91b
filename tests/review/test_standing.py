"""The start page, questions of owners, what is new since a decision, and filters with names."""

from __future__ import annotations

import base64
import re
import shutil
from collections.abc import Callable

import pytest

from pdpo_audit import Workspace
from pdpo_audit.scheduling.standing import Standing, Subject
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.review.words import page_words
from pdpo_audit.workspace.rules.asking import given_answers
from tests.policy.packs_of_ours import rule, write_pack
from tests.review.conftest import Clock, Visitor
from tests.review.test_access import cluster, decided
from tests.review.test_second import NONE, state

Join = Callable[[str], Visitor]


def scan(workspace: Workspace) -> None:
    workspace.scan(ScanOptions(workers=0, people="off"))
    workspace.assess()


def test_the_start_page_draws_the_reports_charts_with_words(workspace: Workspace, join: Join) -> None:
    page = join("Chan Tai Man").get("/").text
    charts = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)" alt="([^"]+)"', page)
    assert len(charts) == 4 and all(base64.b64decode(svg).startswith(b"<?xml") for svg, _ in charts)
    number = len(workspace.table("holdings"))
    assert any(str(number) in text for _, text in charts)
    own = join("Ho Mei").get("/").text
    assert own.count("data:image/svg+xml") == 2 and "Coverage" not in own  # of her own source alone


def test_what_is_overdue_is_told_by_whom(workspace: Workspace, join: Join) -> None:
    period = "{keep_no_longer_than: P90D, counted_from: record.purpose_ended_on}"
    write_pack(workspace.project.folder / "rules", rule("T-03", "{record.purpose is: recorded}", period))
    workspace.assess()
    copies = workspace.table("dispositions")["source"].value_counts()
    page = join("Chan Tai Man").get("/").text.partition('id="whom"')[2].partition("</section>")[0]
    rows = dict(re.findall(r'<th scope="row">([^<]+)</th><td class="figure critical">([\d,]+)<', page))
    assert rows == {"Creative Services": str(copies["studio"]), "Human Resources": str(copies["archive"])}
    own = join("Ho Mei").get("/").text.partition('id="whom"')[2].partition("</section>")[0]
    assert "Human Resources" in own and "Creative Services" not in own


def test_only_what_is_new_since_a_decision_is_asked_again(workspace: Workspace, join: Join, clock: Clock) -> None:
    state(workspace, NONE)
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    visitor.submit(f"/case/{key}/decide", choice="agree", **visitor.case(key))
    clock.forward(minutes=5)
    workspace.assess()
    assert 'id="news"' not in visitor.get(f"/case/{key}").text and visitor.case(key)["finding"] == []
    clock.forward(minutes=5)
    studio = workspace.project.folder.parent / "studio"
    shutil.copy2(studio / "original.png", studio / "another name.png")
    scan(workspace)
    again = visitor.get(f"/case/{key}").text
    news = again.partition('id="news"')[2].partition("</div>")[0]
    assert "another name.png" in news and "small.jpg" not in news and "2026-11-30" in news
    rows = workspace.table("findings").set_index("finding_id")
    asked = visitor.case(key)["finding"]
    assert set(rows.loc[asked, "path"]) == {"another name.png"}


def test_filters_are_kept_by_name_for_oneself(workspace: Workspace, join: Join) -> None:
    visitor = join("Chan Tai Man")
    done = visitor.submit("/queue/filters", name=" my  rule ", rule="T-02", status="open", nonsense="x", csrf2="y")
    assert done.status_code == 200 and done.url.query.decode() == "rule=T-02&status=open"
    page = visitor.get("/queue").text
    assert 'href="/queue?rule=T-02&amp;status=open">my rule</a>' in page
    assert "my rule" not in join("Ho Mei").get("/queue").text
    assert visitor.submit("/queue/filters", name="").status_code == 400
    hostile = visitor.submit("/queue/filters", name="<script>alert(1)</script>", source="<script>")
    assert "<script>alert" not in hostile.text
    visitor.submit("/queue/filters", name="my rule", do="forget")
    assert "my rule" not in visitor.get("/queue").text


def test_owners_answer_questions_on_their_own_sources(workspace: Workspace, join: Join) -> None:
    period = "{keep_no_longer_than: P90D, counted_from: campaign.ended_on}"
    write_pack(workspace.project.folder / "rules", rule("T-04", "{record.purpose is: recorded}", period))
    workspace.assess()
    owner, officer = join("Ho Mei"), join("Chan Tai Man")
    page = owner.get("/questions").text
    asked = re.findall(r'name="source" value="(\w+)"><input type="hidden" name="fact" value="([\w.]+)"', page)
    assert asked and {source for source, _ in asked} == {"archive"}
    fact = asked[0][1]
    assert {"archive", "studio"} == set(re.findall(r'name="source" value="(\w+)"', officer.get("/questions").text))
    assert owner.submit("/questions", source="studio", fact=fact, value="2024-01-31").status_code == 400
    assert owner.submit("/questions", source="archive", fact=fact, value="soon").status_code == 400
    assert owner.submit("/questions", source="archive", fact="picture.sha256", value="x").status_code == 400
    done = owner.submit("/questions", source="archive", fact=fact, value="2024-01-31", folder="")
    assert done.status_code == 200 and "Recorded" in done.text
    (one,) = given_answers(workspace.project)
    assert (one.source, one.fact, one.answered_by) == ("archive", fact, "Ho Mei")
    assert f'value="{fact}"' not in owner.get("/questions").text
    assert join("Vera Wong").get("/questions").status_code == 403


def test_what_was_passed_on_is_listed_for_the_owner(workspace: Workspace, join: Join) -> None:
    state(workspace, NONE)
    officer, key = join("Chan Tai Man"), cluster(workspace)
    officer.submit(f"/case/{key}/decide", choice="ask_owner", reason="still used?", **officer.case(key))
    owner = join("Ho Mei")
    page = owner.get("/questions").text.partition('id="passed"')[2]
    assert f"/case/{key}" in page and "again.png" in page and "original.png" not in page
    ids = list(workspace.table("findings").query("source == 'archive' and cluster_id != ''")["finding_id"])
    answered = owner.submit(
        f"/case/{key}/decide", choice="disagree", reason="yes", version=owner.case(key)["version"], finding=ids
    )
    assert answered.status_code == 200 and decided(workspace) == 6
    assert 'id="passed"' not in owner.get("/questions").text


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_every_date_that_comes_up_has_its_words(language: str) -> None:
    words = page_words(language)
    for group, codes in (("subjects", Subject), ("standings", Standing)):
        for one in codes:
            assert words(f"review.start.{group}.{one.value.replace(' ', '_').replace('-', '_')}")
