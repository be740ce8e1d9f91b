"""Decisions on the pages are those of the spreadsheets and commands: versions, groups, undo, rights."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from urllib.parse import urlencode

import pytest

from pdpo_audit import Workspace
from pdpo_audit.catalogue.care.health import check_catalogue
from pdpo_audit.errors import CallError
from pdpo_audit.review.house import House
from pdpo_audit.workspace.review.beside.pictures import take_back
from pdpo_audit.workspace.review.cases import open_case
from pdpo_audit.workspace.review.holds import Selectors, add_hold
from pdpo_audit.workspace.review.invitations import reviewer_of
from pdpo_audit.workspace.review.reviewers import reviewer_named
from tests.review.conftest import HOSTILE, Visitor
from tests.review.test_access import cluster, decided

Join = Callable[[str], Visitor]


def test_a_case_is_decided_and_taken_back(workspace: Workspace, join: Join) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    fields = visitor.case(key)
    assert len(fields["finding"]) == 6
    answer = visitor.submit(f"/case/{key}/decide", choice="agree", **fields)
    assert answer.url.path.startswith("/decided/B-") and "6 findings" in answer.text
    rows = workspace.table("findings").set_index("finding_id").loc[fields["finding"]]
    assert set(rows["determination"]) == {"agree"} and set(rows["status"]) == {"decided"}
    undone = visitor.submit(f"{answer.url.path}/undo")
    assert undone.status_code == 200 and decided(workspace) == 0
    kinds = [one.event.kind for one in workspace.project.store.events()]
    assert kinds.count("finding decided") == 6 and kinds.count("decision taken back") == 6
    assert visitor.submit(f"{answer.url.path}/undo").status_code == 400


def test_undo_leads_back_to_what_stood_before(workspace: Workspace, join: Join) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    fields = visitor.case(key)
    visitor.submit(f"/case/{key}/decide", choice="agree", **fields)
    again = {**visitor.case(key), "finding": fields["finding"]}
    second = visitor.submit(f"/case/{key}/decide", choice="disagree", reason="still used", **again)
    assert set(workspace.table("findings")["determination"]) >= {"disagree"}
    visitor.submit(f"{second.url.path}/undo")
    said = workspace.table("findings").set_index("finding_id").loc[fields["finding"], "determination"]
    assert set(said) == {"agree"}
    assert [one for one in check_catalogue(workspace.project.store.engine) if not one.sound] == []


def test_what_changed_since_is_not_taken_but_shown_again(workspace: Workspace, join: Join) -> None:
    one, other, key = join("Chan Tai Man"), join("Ho Mei"), cluster(workspace)
    shown = one.case(key)
    assert other.submit(f"/case/{key}/decide", choice="agree", **other.case(key)).status_code == 200
    late = one.submit(f"/case/{key}/decide", choice="disagree", reason="x", **shown)
    assert late.status_code == 409 and f"/case/{key}" in late.text
    assert "disagree" not in set(workspace.table("findings")["determination"])


def test_the_same_decision_by_another_person_is_a_change_too(workspace: Workspace, join: Join) -> None:
    """Decided alike, with other words or by somebody else, taken back and made again: what was shown is out of date."""
    one, other, key = join("Chan Tai Man"), join("Ho Mei"), cluster(workspace)
    one.submit(f"/case/{key}/decide", choice="disagree", reason="first", **one.case(key))
    ids = list(workspace.table("findings").query("status == 'decided' and source == 'archive'")["finding_id"])
    shown = {**one.case(key), "finding": ids}
    second = other.submit(
        f"/case/{key}/decide", choice="disagree", reason="second", **{**other.case(key), "finding": ids}
    )
    assert second.status_code == 200
    assert one.submit(f"/case/{key}/decide", choice="agree", **shown).status_code == 409
    shown = {**one.case(key), "finding": ids}
    other.submit(f"{second.url.path}/undo")
    assert one.submit(f"/case/{key}/decide", choice="agree", **shown).status_code == 409


def test_a_viewer_decides_nothing_and_reveals_nothing(workspace: Workspace, join: Join) -> None:
    visitor, key = join("Vera Wong"), cluster(workspace)
    version = visitor.case(key)["version"]
    ids = list(workspace.table("findings")["finding_id"][:2])
    for path, more in (
        (f"/case/{key}/decide", {"finding": ids, "choice": "agree"}), (f"/case/{key}/reveal", {"reason": "curious"}),
        (f"/case/{key}/judge", {"say": "master", "holding": "1"}), ("/group", {"choice": "agree"}),
        ("/group/decide", {"choice": "agree"}), ("/people", {"person": "Vera Wong", "do": "invite"}),
    ):  # fmt: skip
        assert visitor.submit(path, version=version, **more).status_code == 403, path
    assert decided(workspace) == 0


def test_an_owner_sees_and_decides_own_copies_only(workspace: Workspace, join: Join) -> None:
    visitor, key = join("Ho Mei"), cluster(workspace)
    page = visitor.get(f"/case/{key}").text
    assert "again.png" in page and "original.png" not in page and "2 more lie" in page
    assert "original.png" not in visitor.get("/queue?status=").text
    findings = workspace.table("findings")
    foreign = findings[(findings["source"] == "studio") & (findings["cluster_id"] == "")].iloc[0]
    assert visitor.get(f"/case/{foreign.finding_id}").status_code == 400
    assert "single" not in visitor.get(f"/queue?source=studio&path={foreign.path}").text.partition("<tbody>")[2]
    version = visitor.case(key)["version"]
    answer = visitor.submit(f"/case/{key}/decide", choice="agree", version=version, finding=[foreign.finding_id])
    assert answer.status_code == 400 and decided(workspace) == 0
    other = content_of(workspace, "small.jpg")
    assert visitor.get(f"/picture/{other}").status_code == 400


def content_of(workspace: Workspace, path: str) -> int:
    from pdpo_audit.catalogue.queries.naming import holdings_named

    return holdings_named(workspace.project.store, path)[0].content


def test_a_group_is_previewed_typed_and_decided(workspace: Workspace, join: Join) -> None:
    visitor = join("Chan Tai Man")
    filters = {"rule": "T-01", "source": "studio", "status": "open"}
    preview = visitor.submit("/group", choice="disagree", reason="a campaign goes on", **filters)
    version = re.search(r'name="version" value="(\w+)"', preview.text)
    assert version and "27 findings" in preview.text and decided(workspace) == 0
    fields = {**filters, "choice": "disagree", "reason": "a campaign goes on", "version": version[1]}
    for typed in ("", "26", "yes"):
        assert visitor.submit("/group/decide", typed=typed, **fields).status_code == 400
    assert decided(workspace) == 0
    done = visitor.submit("/group/decide", typed="27", **fields)
    assert done.status_code == 200 and decided(workspace) == 27
    visitor.submit(f"{done.url.path}/undo")
    assert decided(workspace) == 0


def test_a_group_that_changed_since_the_preview_is_shown_again(workspace: Workspace, join: Join) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    preview = visitor.submit("/group", choice="agree", rule="T-02", status="open")
    version = re.search(r'name="version" value="(\w+)"', preview.text)
    visitor.submit(f"/case/{key}/decide", choice="agree", **visitor.case(key))
    late = visitor.submit("/group/decide", choice="agree", rule="T-02", status="open", version=version and version[1])
    assert late.status_code == 409


def test_what_is_held_is_left_alone_also_since_the_assessment(workspace: Workspace, join: Join) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    add_hold(
        workspace.project, kind="legal_hold", matter="HCA 1/2026", issued_by="Chan Tai Man", issuer_role="dpo",
        selectors=Selectors(path_pattern="single 0*"),
    )  # fmt: skip
    preview = visitor.submit("/group", choice="agree", rule="T-01", source="studio", status="open")
    assert "17 findings" in preview.text and "10 on hold" in preview.text
    add_hold(
        workspace.project, kind="legal_hold", matter="HCA 2/2026", issued_by="Chan Tai Man", issuer_role="dpo",
        selectors=Selectors(cluster_id=key),
    )  # fmt: skip
    refused = visitor.submit(f"/case/{key}/decide", choice="agree", **visitor.case(key))
    assert refused.status_code == 400 and "on hold" in refused.text and decided(workspace) == 0
    kept = visitor.submit(
        f"/case/{key}/decide", choice="escalate", role="legal", reason="see the hold", **visitor.case(key)
    )
    assert kept.status_code == 200 and decided(workspace) == 6


@pytest.mark.parametrize(
    "fields",
    [
        {"choice": "disagree"}, {"choice": "keep", "reason": "x"}, {"choice": "nonsense"}, {},
        {"choice": "keep", "reason": "x", "approver": "Ho", "until": "soon"}, {"choice": "escalate", "reason": "x"},
        {"choice": "escalate", "reason": "x", "role": "admin"}, {"choice": "disagree", "reason": "x" * 4001},
    ],
)  # fmt: skip
def test_a_decision_that_lacks_something_is_refused(fields: dict[str, str], workspace: Workspace, join: Join) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    assert visitor.submit(f"/case/{key}/decide", **fields, **visitor.case(key)).status_code == 400
    assert decided(workspace) == 0


def test_judgements_of_pictures_have_one_home(workspace: Workspace, join: Join) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    table = workspace.table("holdings").set_index("path")
    held = {path: str(number) for path, number in holding_numbers(workspace).items()}
    assert table.loc["original.png", "cluster_id"] == key
    version = visitor.case(key)["version"]
    send = f"/case/{key}/judge"
    assert visitor.submit(send, say="master", holding=held["small.jpg"], version=version).status_code == 200
    assert visitor.submit(send, say="master", holding=held["small.jpg"], version=version).status_code == 409
    version = visitor.case(key)["version"]
    legal = {"determination": "not_personal_data", "code": "deceased", "reason": "died 1950"}
    assert visitor.submit(send, say="legal", holding=held["original.png"], version=version, **legal).status_code == 200
    version = visitor.case(key)["version"]
    bad = {"determination": "not_assessed", "code": "nonsense"}
    assert visitor.submit(send, say="legal", holding=held["original.png"], version=version, **bad).status_code == 400
    said = {(one.kind, one.by, one.value) for one in workspace.judgements()}
    assert said == {("master", "Chan Tai Man", ""), ("legal", "Chan Tai Man", "not_personal_data")}


def test_what_was_said_of_pictures_is_told_and_taken_back_by_who_said_it(workspace: Workspace, join: Join) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    held = holding_numbers(workspace)
    said = {"say": "master", "holding": str(held["small.jpg"])}
    shown = visitor.submit(f"/case/{key}/judge", version=visitor.case(key)["version"], **said)
    assert "takes effect with the next run" in shown.text
    (judgement,) = workspace.judgements()
    back = {"judgement": judgement.judgement_id}
    history = visitor.get(f"/case/{key}").text.partition('id="history"')[2]
    assert "small.jpg" in history and judgement.judgement_id in history
    other = join("Ho Mei")
    assert other.submit(f"/case/{key}/unjudge", version=other.case(key)["version"], **back).status_code == 400
    vera = reviewer_named(workspace.project, "Vera Wong", session=b"", browser=b"")
    assert vera is not None
    with pytest.raises(CallError, match="Chan Tai Man said it"):
        take_back(workspace.project, vera, open_case(workspace.project, vera, key), back["judgement"], lambda: None)
    assert judgement.judgement_id not in other.get(f"/case/{key}").text
    assert visitor.submit(f"/case/{key}/unjudge", version="old", **back).status_code == 409
    gone = visitor.submit(f"/case/{key}/unjudge", version=visitor.case(key)["version"], **back)
    assert gone.status_code == 200 and "counts no more" in gone.text and workspace.judgements() == []
    again = visitor.submit(f"/case/{key}/unjudge", version=visitor.case(key)["version"], **back)
    assert again.status_code == 400


def test_every_copy_leads_to_its_case(workspace: Workspace, join: Join) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    source = str(workspace.table("holdings").set_index("path").loc["small.jpg", "source"])
    found = visitor.get(f"/copy?source={source}&path=small.jpg")
    assert found.status_code == 200 and f"<h1>{key}</h1>" in found.text
    assert "/copy?source=" in visitor.get("/queue?show=copies").text
    findings = workspace.table("findings")
    alone = findings[(findings["cluster_id"] == "") & (findings["path"] != "")].iloc[0]
    answer = visitor.get(f"/copy?{urlencode({'source': alone['source'], 'path': alone['path']})}")
    assert answer.status_code == 200 and str(alone["finding_id"]) in answer.text
    for wrong in ({"source": source, "path": "none.jpg"}, {"source": "nobody", "path": "small.jpg"}, {}):
        assert visitor.get(f"/copy?{urlencode(wrong)}").status_code == 400


def holding_numbers(workspace: Workspace) -> dict[str, int]:
    from pdpo_audit.catalogue.queries.naming import holdings_named

    paths = workspace.table("holdings")["path"]
    return {path: holdings_named(workspace.project.store, path)[0].holding for path in paths}


def test_an_owner_determines_nothing_in_law(workspace: Workspace, join: Join) -> None:
    visitor, key = join("Ho Mei"), cluster(workspace)
    fields = {"determination": "not_personal_data", "code": "deceased", "version": visitor.case(key)["version"]}
    holding = str(holding_numbers(workspace)["again.png"])
    assert visitor.submit(f"/case/{key}/judge", say="legal", holding=holding, **fields).status_code == 403
    assert workspace.judgements() == []


def test_hostile_names_and_captions_are_inert(workspace: Workspace, join: Join) -> None:
    visitor = join("Chan Tai Man")
    pages = [visitor.get("/queue?status=").text]
    findings = workspace.table("findings")
    for row in findings[findings["path"].str.contains("onerror")].itertuples():
        pages.append(visitor.get(f"/case/{row.finding_id}?all=1").text)
        fields = visitor.case(str(row.finding_id))
        answer = visitor.submit(f"/case/{row.finding_id}/decide", choice="disagree", reason=HOSTILE, **fields)
        pages += [answer.text, visitor.get(f"/case/{row.finding_id}").text, visitor.get("/").text]
    assert len(pages) == 5
    for page in pages:
        assert "<img src=x" not in page and HOSTILE not in page
    assert "&lt;script&gt;" in pages[2]
    for bad in ("/queue?rule='--", "/queue?severity=<script>", "/queue?after=-9", "/queue?nothing=1", "/queue?lang=xx"):
        assert visitor.get(bad).status_code in (200, 400)


def test_the_pages_speak_both_languages(workspace: Workspace, join: Join) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    for page in ("/", "/queue", "/queue?show=copies", f"/case/{key}", "/join"):
        text = visitor.get(page, params={"lang": "zh-Hant"} if "?" not in page else None).text
        assert 'lang="zh-Hant-HK"' in text and "覆核" in text
    assert "Findings" in visitor.get("/queue?lang=en").text


def test_the_start_page_counts_what_waits(workspace: Workspace, join: Join) -> None:
    visitor, findings = join("Chan Tai Man"), workspace.table("findings")
    waiting = re.search(r"severity=major\"><b>(\d+)</b>", visitor.get("/").text)
    assert waiting and int(waiting[1]) == (findings["severity"] == "major").sum()
    own = re.search(r"severity=major\"><b>(\d+)</b>", join("Ho Mei").get("/").text)
    assert own and int(own[1]) == ((findings["severity"] == "major") & (findings["source"] == "archive")).sum()


def test_who_looked_at_what_is_kept_without_paths(workspace: Workspace, join: Join) -> None:
    from pdpo_audit.catalogue.reviewing.invitations import load_accesses

    join("Chan Tai Man").get(f"/case/{cluster(workspace)}")
    (look,) = load_accesses(workspace.project.store)
    assert (look.person, look.what, look.subject) == ("Chan Tai Man", "case", cluster(workspace))
    assert look.at.startswith(date(2026, 11, 30).isoformat())


def test_a_session_without_its_browser_is_none(house: House, join: Join) -> None:
    visitor = join("Chan Tai Man")
    session, browser = (visitor.cookies[f"pdpo_{name}_8080"] for name in ("session", "browser"))
    assert reviewer_of(house.project, session, browser) is not None
    assert reviewer_of(house.project, session, "another") is None
    with pytest.raises(CallError):
        house.pictures.covered(reviewer_of(house.project, session, browser), 10**9)  # type: ignore[arg-type]


def test_the_next_open_case_is_one_click_away_and_a_refused_form_has_a_way_back(
    workspace: Workspace, join: Join
) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    text = visitor.get(f"/case/{key}").text
    assert f'id="next-case" href="/next?but={key}"' in text
    assert visitor.get("/queue?rule=T-02").status_code == 200  # the filter is remembered: it has one case
    assert visitor.get("/next").url.path == f"/case/{key}"
    gone_on = visitor.get(f"/next?but={key}")
    assert gone_on.url.path == "/queue" and "rule=T-02" in str(gone_on.url)
    visitor.get("/queue")
    assert visitor.get(f"/next?but={key}").url.path not in (f"/case/{key}", "/queue")
    shown = visitor.case(key)
    link = r'copy=(\d+)&amp;view=side"><span class="source">studio</span> <bdi class="path">small'
    (holding,) = re.findall(link, text)
    said = {"version": shown["version"], "say": "reject", "holding": holding}
    refused = visitor.submit(f"/case/{key}/judge", reason="", **said)
    assert refused.status_code == 400 and f'id="back" href="/case/{key}"' in refused.text
    assert "--reason" not in refused.text
    visitor.get("/queue?rule=T-02")
    assert visitor.submit(f"/case/{key}/judge", reason="Different pictures", **said).status_code == 200
    assert visitor.get("/next").url.path != f"/case/{key}"  # told apart: the next scan puts it together anew
