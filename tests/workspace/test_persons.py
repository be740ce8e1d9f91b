"""Who is who: one home in the settings, a history in the catalogue, and nothing said by somebody who has left."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.catalogue.sayings.persons import people_history
from pdpo_audit.errors import CallError, SettingsError
from pdpo_audit.model.judgements import LegalDetermination, LegalReason
from pdpo_audit.settings import Settings, load
from pdpo_audit.workspace.catalogues.care import check
from pdpo_audit.workspace.project import HONG_KONG, ScanOptions
from pdpo_audit.workspace.review.deciding import export_decisions, import_decisions
from pdpo_audit.workspace.review.holds import Selectors, add_hold, list_holds, release_hold
from pdpo_audit.workspace.review.replacing import history
from pdpo_audit.workspace.setup.persons import stated_certificates
from tests.workspace.library import make_library
from tests.workspace.test_judgements import fill

PEOPLE = """
[[people]]
name = "Ho Mei"
roles = ["owner", "legal"]
sees = ["share"]
deputy = "Chan"
until = 2026-11-30

[[people]]
name = "Chan"
roles = ["dpo"]
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    make_library(tmp_path / "share", 2, copies=1)
    workspace = Workspace.create(tmp_path / "audit", clock=lambda: datetime(2026, 11, 30, 12, tzinfo=HONG_KONG))
    workspace.add(tmp_path / "share")
    settings = workspace.project.settings_path
    settings.write_text(settings.read_text("utf-8").replace("[people]", "[faces]") + PEOPLE, "utf-8")
    workspace.project.reload()
    workspace.scan(ScanOptions(workers=0, people="off"))
    return workspace


def test_people_and_the_face_pass_stand_in_one_file(workspace: Workspace) -> None:
    settings = workspace.project.settings
    assert [one.name for one in settings.persons] == ["Ho Mei", "Chan"]
    assert settings.people.scope == "all"
    day = workspace.project.clock().date()
    assert settings.holders(day)["legal"] == "Ho Mei"
    assert "legal" not in {k for k, v in settings.holders(day.replace(month=12)).items() if v}


def stated(text: str, tmp_path: Path) -> Settings:
    (tmp_path / "pdpo-audit.toml").write_text(text, "utf-8")
    return load(tmp_path / "pdpo-audit.toml", {})


DAY = date(2026, 11, 30)


def test_who_signs_has_one_home_and_the_short_form_fills_what_is_left(tmp_path: Path) -> None:
    short = '[organisation]\nroles = { legal = "Lee Ka Ming", dpo = "Chan" }\n'
    both = stated(short + PEOPLE.replace('sees = ["share"]', ""), tmp_path)
    assert both.holders(DAY) == {"legal": "Ho Mei", "dpo": "Chan"}
    assert both.deputies(DAY) == {"legal": "Chan"}
    assert both.contradictions(DAY) == ("Lee Ka Ming signs for legal by [organisation] roles, Ho Mei by [[people]]",)
    assert both.holders(DAY.replace(month=12))["legal"] == "Lee Ka Ming"
    assert not both.contradictions(DAY.replace(month=12)) and not both.deputies(DAY.replace(month=12))


def test_who_has_left_holds_no_role_whichever_way_they_are_named(tmp_path: Path) -> None:
    short = '[organisation]\nroles = { legal = "ho  MEI" }\n'
    left = stated(short + PEOPLE.replace('sees = ["share"]', ""), tmp_path)
    assert not left.contradictions(DAY), "the same person, written otherwise"
    assert "legal" not in left.holders(DAY.replace(month=12))
    assert "has left" in left.contradictions(DAY.replace(month=12))[0]
    two = stated('[[people]]\nname = "A"\nroles = ["dpo"]\n[[people]]\nname = "B"\nroles = ["dpo"]\n', tmp_path)
    assert "A and B both sign for dpo" in two.contradictions(DAY)[0]


def test_the_audit_states_deputies_and_last_days_and_stays_a_draft_where_it_is_not_clear_who_signs(
    workspace: Workspace,
) -> None:
    settings = workspace.project.settings_path
    text = settings.read_text("utf-8").replace('legal = ""', 'legal = "Lee Ka Ming"')
    settings.write_text(text, "utf-8")
    workspace.project.reload()
    workspace.assess()
    manifest = json.loads((workspace.report().folder / "evidence" / "manifest.json").read_text("utf-8"))
    assert manifest["deputies"] == {"legal": "Chan"} and manifest["leaving"] == {"Ho Mei": "2026-11-30"}
    assert any("Lee Ka Ming signs for legal" in reason for reason in manifest["audit"]["draft_reasons"])


def test_a_certificate_in_the_settings_is_the_organisations_word(workspace: Workspace) -> None:
    settings = workspace.project.settings_path
    settings.write_text(settings.read_text("utf-8") + f'fingerprint = "{"ab" * 32}"\n', "utf-8")
    workspace.project.reload()
    workspace.assess()
    said = stated_certificates(workspace.project)
    assert said == {"ab" * 32: f"Chan, entered by {workspace.project.actor} on 2026-11-30"}
    manifest = json.loads((workspace.report().folder / "evidence" / "manifest.json").read_text("utf-8"))
    assert manifest["stated_certificates"] == said


def test_their_history_is_kept(workspace: Workspace) -> None:
    workspace.assess()
    settings = workspace.project.settings_path
    settings.write_text(settings.read_text("utf-8").replace('roles = ["dpo"]', 'roles = ["viewer"]'), "utf-8")
    workspace.project.reload()
    workspace.assess()
    workspace.assess()
    told = [document["roles"] for _, _, document in people_history(workspace.project.store, "Chan") if document]
    assert told == [["dpo"], ["viewer"]]


def test_who_has_left_says_nothing_any_more(workspace: Workspace) -> None:
    workspace.confirm_master("set0/IMG_0000.jpg", by="Ho Mei")  # the last day still counts
    later = Workspace.open(workspace.project.folder, clock=lambda: datetime(2026, 12, 1, 9, tzinfo=HONG_KONG))
    with pytest.raises(CallError, match=r"left on 2026-11-30.*deputy is Chan"):
        later.confirm_master("set0/IMG_0000.jpg", by=" HO  mei ")
    with pytest.raises(CallError, match="left on"):
        add_hold(
            later.project, kind="complaint", matter="x", issued_by="Ho Mei", issuer_role="legal",
            selectors=Selectors(source="share"),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[people]]\nname = "A"\n[[people]]\nname = "A"\n', "unique"),
        ('[[people]]\nname = "A"\nsees = ["nowhere"]\n', "not declared"),
        ('[[people]]\nname = "A"\ndeputy = "B"\n', "not in"),
        (
            '[[people]]\nname = "A"\nrole = ["dpo"]\n',
            r':3:1: there is no setting "people.0.role"; did you mean "roles"',
        ),
        ('[[people]]\nname = "A"\nroles = ["intern"]\n', "is not one of"),
    ],
)
def test_mistakes_are_told(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "pdpo-audit.toml").write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=words):
        load(tmp_path / "pdpo-audit.toml", {})


def test_a_role_that_is_none_is_refused_also_where_the_settings_name_nobody(workspace: Workspace) -> None:
    settings = workspace.project.settings_path
    whole = settings.read_text("utf-8")
    settings.write_text(whole.partition("[[people]]")[0], "utf-8")
    workspace.project.reload()
    assert not workspace.project.settings.persons
    with pytest.raises(CallError, match='"intern" is no role') as refused:
        workspace.confirm_master("set0/IMG_0000.jpg", by="Wong", role="intern")
    assert "reviewer, legal, compliance" in str(refused.value.advice)
    settings.write_text(whole, "utf-8")
    workspace.project.reload()


def test_who_is_not_named_or_has_not_the_role_decides_nothing(workspace: Workspace, tmp_path: Path) -> None:
    project = workspace.project
    chosen = Selectors(source="share")
    for name, role, words in (
        ("Somebody", "legal", r"Somebody is not in \[\[people\]\]"),
        ("Chan", "communications", "Chan is not communications: dpo, legal, owner"),
    ):
        with pytest.raises(CallError, match=words):
            add_hold(project, kind="legal_hold", matter="x", issued_by=name, issuer_role=role, selectors=chosen)
        with pytest.raises(CallError, match=words):
            workspace.confirm_master("set0/IMG_0000.jpg", by=name, role=role)
        with pytest.raises(CallError, match=words):
            workspace.determine(
                "set0/IMG_0000.jpg", LegalDetermination.PERSONAL_DATA, code=LegalReason.EXEMPT_OTHER, by=name, role=role
            )
    assert list_holds(project) == [] and workspace.judgements() == []
    hold = add_hold(
        project, kind="legal_hold", matter="x", issued_by="HO MEI", issuer_role="legal", selectors=chosen
    ).hold
    with pytest.raises(CallError, match="Somebody is not in"):
        release_hold(project, hold.hold_id, released_by="Somebody", role="legal")
    release_hold(project, hold.hold_id, released_by="Chan", role="legal")  # the deputy of who has the role
    made = workspace.confirm_master("set0/IMG_0000.jpg", by="Chan", role="dpo")
    with pytest.raises(CallError, match="Somebody is not in"):
        workspace.undo(made.judgement_id, by="Somebody")
    sheet = tmp_path / "decisions.xlsx"
    workspace.assess()
    export_decisions(project, sheet)
    fill(sheet, 2, decision="disagree", reason="still needed", decided_by="Chan", role="communications")
    with pytest.raises(CallError, match="Chan is not communications"):
        import_decisions(project, sheet)


def test_who_only_looks_or_sets_up_decides_nothing(workspace: Workspace, tmp_path: Path) -> None:
    settings = workspace.project.settings_path
    whole = settings.read_text("utf-8")
    entries = "".join(f'\n[[people]]\nname = "{name}"\nroles = ["{name.lower()}"]\n' for name in ("Viewer", "Admin"))
    settings.write_text(whole + entries, "utf-8")
    workspace.project.reload()
    sheet = tmp_path / "decisions.xlsx"
    workspace.assess()
    for name in ("Viewer", "Admin"):
        with pytest.raises(CallError, match=f"{name} is {name.lower()}, and does not decide"):
            workspace.confirm_master("set0/IMG_0000.jpg", by=name)
        with pytest.raises(CallError, match="no role that decides"):
            workspace.confirm_master("set0/IMG_0000.jpg", by=name, role=name.lower())
        export_decisions(workspace.project, sheet)
        fill(sheet, 2, decision="disagree", reason="still needed", decided_by=name)
        with pytest.raises(CallError, match="does not decide"):
            import_decisions(workspace.project, sheet)
    with pytest.raises(CallError, match="owner does not determine what a picture is in law"):
        workspace.determine(
            "set0/IMG_0000.jpg", LegalDetermination.PERSONAL_DATA, code=LegalReason.EXEMPT_OTHER, by="Ho Mei",
            role="owner",
        )  # fmt: skip
    settings.write_text(whole, "utf-8")
    workspace.project.reload()


def test_who_judges_what_another_judged_is_told_and_the_first_stays_in_the_history(workspace: Workspace) -> None:
    first = workspace.confirm_master("set0/IMG_0000.jpg", by="Ho Mei", role="owner", reason="the original")
    workspace.confirm_master("set0/IMG_0000.jpg", by="Ho Mei", role="owner", reason="still")  # one's own word
    for holding in ("set0/IMG_0000.jpg", "copies/copy of 0.jpg"):
        with pytest.raises(CallError, match=r"Ho Mei \(owner\) said M-.* on 2026-11-30.*still") as told:
            workspace.confirm_master(holding, by="Chan", role="dpo")
        assert "--instead" in told.value.advice
    assert [one.by for one in workspace.judgements()] == ["Ho Mei"]
    workspace.confirm_master("copies/copy of 0.jpg", by="Chan", role="dpo", instead=True)
    assert [one.by for one in workspace.judgements()] == ["Chan"]
    told_of = [(one.event, one.by, one.reason) for one in history(workspace.project)]
    assert told_of[0] == ("master confirmed", "Ho Mei", "the original") and told_of[-1][:2] == (
        "master confirmed",
        "Chan",
    )
    assert history(workspace.project)[0].judgement_id == first.judgement_id
    assert all(one.sound for one in check(workspace.project))


def test_a_second_legal_determination_and_rejection_are_told_as_well(workspace: Workspace) -> None:
    def determine(by: str, role: str, *, instead: bool = False) -> None:
        workspace.determine(
            "set1/IMG_0001.jpg", LegalDetermination.PERSONAL_DATA, code=LegalReason.IDENTIFIED_BY_CONTEXT, by=by,
            role=role, instead=instead,
        )  # fmt: skip

    determine("Ho Mei", "legal")
    with pytest.raises(CallError, match=r"Ho Mei .*personal_data"):
        determine("Chan", "dpo")
    determine("Chan", "dpo", instead=True)
    workspace.reject_pair("set0/IMG_0000.jpg", "set1/IMG_0001.jpg", by="Ho Mei", reason="two")
    with pytest.raises(CallError, match="Ho Mei said R-"):
        workspace.reject_pair("set1/IMG_0001.jpg", "set0/IMG_0000.jpg", by="Chan", reason="two")
    assert sorted(one.by for one in workspace.judgements()) == ["Chan", "Ho Mei"]


def test_a_finding_that_another_decided_otherwise_is_told(workspace: Workspace, tmp_path: Path) -> None:
    workspace.assess()
    sheet = tmp_path / "decisions.xlsx"
    export_decisions(workspace.project, sheet)
    fill(sheet, 2, decision="disagree", reason="still needed", decided_by="Ho Mei", role="legal")
    assert import_decisions(workspace.project, sheet) == 1
    fill(sheet, 2, decision="agree", reason="gone", decided_by="Chan", role="dpo")
    with pytest.raises(CallError, match="Ho Mei decided disagree on 2026-11-30"):
        import_decisions(workspace.project, sheet)
    assert import_decisions(workspace.project, sheet, instead=True) == 1
    assert all(one.sound for one in check(workspace.project))


def test_persons_can_be_added_to_the_settings_that_init_writes(tmp_path: Path) -> None:
    project = Workspace.create(tmp_path / "audit").project
    project.settings_path.write_text(project.settings_path.read_text("utf-8") + PEOPLE.replace("share", ""), "utf-8")
    text = project.settings_path.read_text("utf-8").replace('sees = [""]', "sees = []")
    project.settings_path.write_text(text, "utf-8")
    assert [one.name for one in project.settings.persons] == [
        "Ho Mei",
        "Chan",
    ] and project.settings.people.scope == "all"
