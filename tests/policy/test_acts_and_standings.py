"""What is due carries its act and the rank of its rule; a suggested period waits for its adoption."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pdpo_audit.errors import PolicyError
from pdpo_audit.model.findings import STOP_RULE
from pdpo_audit.policy.asking.questions import questions
from pdpo_audit.policy.judging.evaluation import Assessment, evaluate
from pdpo_audit.policy.packs.folders import load_pack
from pdpo_audit.policy.telling.sentences import rule_texts
from pdpo_audit.policy.telling.standings import Standing, StandingKind, adopted_policies, with_standings, wording_of
from pdpo_audit.policy.terms.rules import Pack
from pdpo_audit.policy.trying.linting import lint
from tests.policy.packs_of_ours import AUTHORITY, SUGGESTED, rule, write_pack

ON = date(2026, 11, 20)
NINETY = rule(
    "T-01", "{record.class is: campaign_portrait}", "{keep_no_longer_than: P90D, counted_from: campaign.ended_on}",
    authority=SUGGESTED, propose="erase_additional_copies",
)  # fmt: skip
DUTY = "[{kind: law, rank: ordinance, cite: Cap. 486 s.26(1), confidence: found}]"
PURPOSE = rule(
    "T-02", "{record.purpose_ended_on is: recorded}", "{ends_with: record.purpose_ended_on}",
    authority=DUTY, propose="erase_all_copies",
)  # fmt: skip
LISTING = rule(
    "T-03", "{location.external_facing is: true}", "{ends_with: listing.ended_on}", authority=AUTHORITY,
    propose="unpublish",
)  # fmt: skip
FLOOR = rule("T-04", "{record.class is: kyc_record}", "{keep_at_least: P5Y, counted_from: kyc.relationship_ended_on}")
ENDED = {"record.class": "campaign_portrait", "campaign.ended_on": date(2025, 1, 31)}


def assess(packs: tuple[Pack, ...], *rows: dict[str, Any]) -> Assessment:
    common = {"source": "s", "sha256": "", "cluster_id": ""}
    frame = pd.DataFrame([{**common, "path": f"{n}.jpg", **row} for n, row in enumerate(rows)], dtype=object)
    return evaluate(packs, frame, (), on=ON)


def packs_of(folder: Path, *rules: str, **said: Any) -> tuple[Pack, ...]:
    pack = load_pack(write_pack(folder, *rules))
    standing = (
        Standing(**{"kind": StandingKind.ADOPTED, "rule": "T-01", "by": "Chan Tai Man", **said}) if said else None
    )
    return with_standings([pack], [standing] if standing else [])


def test_a_period_that_nobody_adopted_flags_and_gives_no_day(tmp_path: Path) -> None:
    found = assess(packs_of(tmp_path, NINETY), ENDED)
    row, finding = found.dispositions.iloc[0], found.findings.iloc[0]
    assert (row["outcome"], row["act"], row["due_on"], row["due_rule"], row["due_rank"]) == ("flag", "", "", "", "")
    assert finding["proposal"] == "adopt_period" and finding["due_on"] == "" and finding["counted_from"] == ""
    assert finding["authority_rank"] == "suggested_default"
    assert "not adopted: keep no longer than 90 days, counted from the day the campaign ended" in finding["explanation"]


@pytest.mark.parametrize(
    ("said", "outcome", "english", "chinese"),
    [
        ({}, "flag", "suggested by the rule pack, not adopted", "尚未獲採納"),
        ({"on": date(2026, 1, 2), "reference": "IRS 4.2"}, "due",
         "own policy, adopted by Chan Tai Man on 2026-01-02 (IRS 4.2)", "由Chan Tai Man於2026-01-02採納（IRS 4.2）"),
        ({"on": date(2026, 1, 2), "until": date(2026, 11, 20)}, "due", "until 2026-11-20", "有效至2026-11-20"),
        ({"on": date(2026, 1, 2), "until": date(2026, 11, 19)}, "flag",
         "the adoption ended on 2026-11-19", "已於2026-11-19終止"),
        ({"on": date(2026, 11, 21)}, "flag", "with effect from 2026-11-21", "自2026-11-21起生效"),
    ],
)  # fmt: skip
def test_each_standing_of_a_period_has_a_sentence_of_its_own(
    tmp_path: Path, said: dict[str, Any], outcome: str, english: str, chinese: str
) -> None:
    packs = packs_of(tmp_path, NINETY, **said)
    row = assess(packs, ENDED).dispositions.iloc[0]
    assert row["outcome"] == outcome
    if outcome == "due":
        assert (row["act"], row["due_on"], row["due_rank"]) == ("erase", "2025-05-01", "organisation_policy")
    (text,) = rule_texts(packs, on=ON)
    assert english in text.sentence["en"] and chinese in text.sentence["zh-Hant"]


def test_an_adopted_period_may_be_another_one(tmp_path: Path) -> None:
    packs = packs_of(tmp_path, NINETY, on=date(2026, 1, 2), period="P3Y")
    row = assess(packs, ENDED).dispositions.iloc[0]
    assert (row["outcome"], row["due_on"]) == ("not_yet_due", "2028-01-31")
    assert adopted_policies(packs, ON) == {"campaign_portrait": "T-01, adopted by Chan Tai Man"}


def test_only_suggestions_are_adopted(tmp_path: Path) -> None:
    (pack,) = packs_of(tmp_path, PURPOSE.replace("T-02", "T-01"), on=date(2026, 1, 2))
    assert pack.rules[0].adoption is None


def test_the_first_day_gives_act_rule_and_rank(tmp_path: Path) -> None:
    """A duty under Cap. 486 gives no day: the record of the event does."""
    packs = packs_of(tmp_path, NINETY, PURPOSE, LISTING, on=date(2026, 1, 2))
    public = {"location.external_facing": True, "listing.ended_on": date(2025, 3, 1)}
    rows = assess(
        packs,
        {**ENDED, "record.purpose_ended_on": date(2024, 12, 31)},
        {**ENDED, "record.purpose_ended_on": date(2026, 1, 1)},
        {**ENDED, **public},
        {**ENDED, **public, "listing.ended_on": date(2025, 5, 1)},
    ).dispositions
    found = list(rows[["act", "due_on", "due_rule", "due_rank"]].itertuples(index=False, name=None))
    assert found == [
        ("erase", "2024-12-31", "T-02", "recorded_event"),
        ("erase", "2025-05-01", "T-01", "organisation_policy"),
        ("take_down", "2025-03-01", "T-03", "ordinance"),
        ("erase", "2025-05-01", "T-01", "organisation_policy"),  # of equal days what takes most away
    ]
    assert "Taking down due since 2025-03-01 under T-03 (ordinance). Also: T-01" in rows["explanation"][2]


def test_what_must_be_kept_may_still_have_to_come_down(tmp_path: Path) -> None:
    packs = packs_of(tmp_path, LISTING, FLOOR, PURPOSE)
    kept = {"record.class": "kyc_record", "kyc.relationship_ended_on": date(2025, 1, 1), "record.purpose": "x"}
    public = {"location.external_facing": True, "listing.ended_on": date(2025, 3, 1)}
    found = assess(packs, {**kept, **public}, {**kept, **public, "record.purpose_ended_on": date(2025, 2, 1)})
    assert list(found.dispositions["outcome"]) == ["must_keep", "must_keep"]
    proposed = found.findings.set_index(["rule", "path"])["proposal"]
    assert proposed["T-03", "0.jpg"] == "unpublish" and proposed["T-02", "1.jpg"] == "keep"


def test_the_stop_rule_holds_every_copy_of_the_picture(tmp_path: Path) -> None:
    packs = packs_of(tmp_path, PURPOSE)
    over = {"record.purpose_ended_on": date(2020, 1, 1)}
    found = assess(
        packs,
        {**over, "sha256": "aa", "cluster_id": "c", "sensitivity": (STOP_RULE,)},
        {**over, "sha256": "bb", "cluster_id": "c"},
        {**over, "sha256": "aa", "cluster_id": ""},
        {**over, "sha256": "dd", "cluster_id": "d", "sensitivity": ("medical",)},
    )
    rows = found.dispositions
    assert list(rows["outcome"]) == ["on_hold", "on_hold", "on_hold", "due"]
    assert list(rows["act"]) == ["", "", "", "erase"]
    assert all("Stop: do not open" in text and "Police" in text for text in rows["explanation"][:3])
    assert set(found.findings["proposal"][:3]) == {"keep_on_hold"}


def test_a_review_is_told_until_the_wording_changes(tmp_path: Path) -> None:
    (pack,) = packs_of(tmp_path / "a", NINETY)
    said = Standing(kind=StandingKind.REVIEWED, rule="T-01", by="Wong Lai", firm="Wong & Partners",
                    on=date(2024, 2, 29), wording=wording_of(pack.rules[0]))  # fmt: skip
    (text,) = rule_texts(with_standings([pack], [said]), on=ON)
    assert text.legal_review == "reviewed by Wong Lai (Wong & Partners) on 2024-02-29, next due 2025-02-28"
    (other,) = packs_of(tmp_path / "b", NINETY.replace("P90D", "P91D"))
    (text,) = rule_texts(with_standings([other], [said]), on=ON)
    assert text.legal_review == "not legally reviewed"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (PURPOSE.replace("confidence: found}", "confidence: found, supports: period}"), "Cap. 486 fixes no day"),
        (NINETY.replace("propose: erase_additional_copies", "propose: review\n    act: erase"), "say different things"),
        (NINETY.replace("campaign.ended_on}", "campaign.ended_on, if_date_unknown: fall back}"),
         "is no date of the recording"),
        (FLOOR.replace("kyc.relationship_ended_on", "image.captured_on, if_date_unknown: fall back"),
         "counted from its event only"),
    ],
)  # fmt: skip
def test_what_no_rule_may_say(tmp_path: Path, wrong: str, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        load_pack(write_pack(tmp_path, wrong))


def test_a_rule_that_does_not_say_so_is_a_draft(tmp_path: Path) -> None:
    pack = load_pack(write_pack(tmp_path, NINETY.replace("    status: active\n", "")))
    assert pack.rules[0].status == "draft" and not pack.active_rules


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        (NINETY.replace("confidence: judgement", "confidence: secondary"), "T-01 is active on secondary sources only"),
        (
            PURPOSE.replace("confidence: found", "confidence: general_knowledge"),
            "T-02 is active on general knowledge only",
        ),
        (
            PURPOSE.replace("record.purpose_ended_on", "consent.withdrawn_on"),
            "T-02 may erase the last copy on withdrawal",
        ),
        (rule("T-05", "{employment.subsisting_reason is: not recorded}"),
         "asks employment.subsisting_reason without employment.subsisting_reason_by, "
         "employment.subsisting_reason_until: a bare reason decides for ever"),
        (rule("T-05", "{people.level is: P2}, {none: [{exemption.claimed is: recorded}]}"),
         "T-05 asks exemption.claimed without exemption.claimed_by, exemption.ground, exemption.review_on"),
        (rule("T-05", "{record.erasure_forbidden_by is: recorded}", "{must_keep: true}", propose="keep"),
         "T-05 asks record.erasure_forbidden_by without record.erasure_forbidden_until"),
        (rule("T-05", "{incident.reference is: not recorded}"),
         "asks incident.reference without incident.reference_until"),
    ],
)  # fmt: skip
def test_a_check_names_what_nobody_should_rely_on(tmp_path: Path, text: str, remark: str) -> None:
    assert remark in " ".join(map(str, lint(packs_of(tmp_path / "a", text), on=ON)))
    assert "T-0" not in " ".join(
        one.message for one in lint(packs_of(tmp_path / "b", NINETY, PURPOSE), on=ON) if "no test" not in one.message
    )


def test_a_rule_that_a_reason_makes_speak_decides_nothing_by_it(tmp_path: Path) -> None:
    speaks = rule("T-05", "{any: [{exemption.claimed is: recorded}, {incident.reference is: recorded}]}")
    said = " ".join(map(str, lint(packs_of(tmp_path, speaks), on=ON)))
    assert "no test in which it fires" in said and "bare reason" not in said


def test_a_review_is_due_again_after_a_year(tmp_path: Path) -> None:
    said = Standing(
        kind=StandingKind.REVIEWED, rule="T-01", by="Wong Lai", firm="Wong & Partners", on=date(2025, 11, 19)
    )
    packs = with_standings(packs_of(tmp_path, NINETY), [said])
    assert "the review of T-01 by Wong Lai was due again on 2026-11-19" in " ".join(map(str, lint(packs, on=ON)))
    assert "was due again" not in " ".join(map(str, lint(packs, on=date(2026, 11, 19))))


def test_an_adopted_review_without_its_day_cannot_be_decided_and_is_asked_for(tmp_path: Path) -> None:
    shown = rule(
        "T-01",
        "{record.class is: event_photo}",
        "{review_after: P2Y, counted_from: event.held_on}",
        authority=SUGGESTED,
    )
    copy = {"record.class": "event_photo"}
    waiting = assess(packs_of(tmp_path / "a", shown), copy).dispositions.iloc[0]
    assert (waiting["outcome"], waiting["missing_facts"]) == ("flag", "")
    adopted = packs_of(tmp_path / "b", shown, on=date(2026, 1, 2), reference="IRS 5")
    found = assess(adopted, copy).dispositions.iloc[0]
    assert (found["outcome"], found["missing_facts"]) == ("cannot_decide", "event.held_on")
    frame = pd.DataFrame([{"source": "s", "sha256": "", "cluster_id": "", "path": "0.jpg", **copy}], dtype=object)
    assert "event.held_on" in [one.fact for one in questions(adopted, frame, (), on=ON)]
    known = assess(adopted, {**copy, "event.held_on": date(2026, 1, 2)}).dispositions.iloc[0]
    assert (known["outcome"], known["missing_facts"]) == ("flag", "")


@pytest.mark.parametrize(("level", "said"), [(None, True), ("P0", False), ("P2", False)])
def test_masking_says_where_nobody_was_looked_for(tmp_path: Path, level: str | None, said: bool) -> None:
    mask = rule(
        "T-05", "{record.purpose_ended_on is: recorded}", "{ends_with: record.purpose_ended_on}",
        authority=DUTY, propose="mask_people",
    )  # fmt: skip
    facts = {"record.purpose_ended_on": date(2024, 12, 31), "people.level": level}
    rows = assess(packs_of(tmp_path, mask), facts).dispositions
    assert list(rows["act"]) == ["mask"]
    assert ("Nobody was looked for in it" in rows["explanation"][0]) is said
    assert ("尚未查找圖中人物" in rows["explanation_zh"][0]) is said
