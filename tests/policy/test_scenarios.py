"""People x place x dates x holds x exceptions: outcomes worked out by hand from the ladder, over several rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pdpo_audit.model.findings import STOP_RULE, Hold
from pdpo_audit.policy.judging.evaluation import Assessment, evaluate
from pdpo_audit.policy.packs.folders import load_pack
from pdpo_audit.policy.stating.holds import select
from tests.policy.packs_of_ours import AUTHORITY, HOUSE, rule, write_pack

ON = date(2026, 11, 20)
LAW_FLOOR = rule(
    "T-01", "{record.class is: kyc_record}", "{keep_at_least: P5Y, counted_from: kyc.relationship_ended_on}"
)
HOUSE_FLOOR = rule(
    "T-02",
    "{record.class is: kyc_record}",
    "{keep_at_least: P5Y, counted_from: kyc.relationship_ended_on}",
    authority=HOUSE,
)
CEILING = rule("T-03", "{record.class is: kyc_record}", "{keep_no_longer_than: P2Y, counted_from: image.captured_on}")
OTHER = rule(
    "T-04",
    "{record.class is: kyc_record}",
    "{keep_no_longer_than: P9Y, counted_from: image.captured_on, purpose: training}",
)
CONSENT = rule("T-05", "{people.level is at least: P2}", "{ends_with: consent.withdrawn_on}")


def assess(folder: Path, rules: list[str], *rows: dict[str, Any], holds: tuple[Hold, ...] = ()) -> Assessment:
    common = {"source": "s", "sha256": "", "cluster_id": "", "record.class": "kyc_record"}
    frame = pd.DataFrame([{**common, "path": f"{n}.jpg", **row} for n, row in enumerate(rows)], dtype=object)
    return evaluate([load_pack(write_pack(folder, *rules))], frame, holds, on=ON)


def outcomes(folder: Path, rules: list[str], *rows: dict[str, Any], holds: tuple[Hold, ...] = ()) -> list[str]:
    return list(assess(folder, rules, *rows, holds=holds).dispositions["outcome"])


RUNS = {"kyc.relationship_ended_on": date(2024, 1, 1)}
OVER = {"kyc.relationship_ended_on": date(2020, 1, 1)}
OLD = {"image.captured_on": date(2020, 1, 1)}
NEW = {"image.captured_on": date(2026, 1, 1)}
WITHDRAWN = {"people.level": "P2", "consent.withdrawn_on": date(2026, 11, 1)}


@pytest.mark.parametrize(
    ("rules", "row", "expected"),
    [
        ([LAW_FLOOR], RUNS, "must_keep"),
        ([LAW_FLOOR], OVER, "not_yet_due"),
        ([HOUSE_FLOOR], RUNS, "not_yet_due"),  # a house minimum is no law
        ([LAW_FLOOR, CEILING], {**RUNS, **OLD}, "conflict"),
        ([HOUSE_FLOOR, CEILING], {**RUNS, **OLD}, "conflict"),
        ([LAW_FLOOR, CEILING], {**RUNS, **NEW}, "must_keep"),
        ([LAW_FLOOR, CEILING], {**OVER, **OLD}, "due"),
        ([CEILING, OTHER], OLD, "conflict"),  # one purpose is over, the other lives
        ([CEILING, OTHER.replace(", purpose: training", "")], OLD, "due"),  # within one purpose the shortest wins
        ([CEILING, OTHER], {"image.captured_on": date(2015, 1, 1)}, "due"),
        ([CEILING], {**OLD, "record.continuing_purpose": "audit"}, "conflict"),
        ([CEILING], {**OLD, "record.continuing_purpose": "audit", "record.continuing_purpose_ends_on": ON}, "due"),
        ([CONSENT], WITHDRAWN, "due"),
        ([CONSENT, LAW_FLOOR], {**WITHDRAWN, **RUNS}, "must_keep"),  # an end is no maximum
        ([CONSENT, HOUSE_FLOOR], {**WITHDRAWN, **RUNS}, "due"),
        ([CONSENT], {"people.level": "P1", "consent.withdrawn_on": ON}, "no_rule"),
        ([CONSENT], {"consent.withdrawn_on": ON}, "cannot_decide"),
        ([CONSENT, CEILING], {"consent.withdrawn_on": ON, **OLD}, "due"),  # due without the unknown
        ([CEILING], {"record.class": None, **OLD}, "cannot_decide"),
        ([CEILING], {}, "cannot_decide"),  # neither capture date nor first seen
        ([CEILING], {"file.first_seen_on": date(2020, 1, 1)}, "due"),
    ],
)
def test_one_holding(tmp_path: Path, rules: list[str], row: dict[str, Any], expected: str) -> None:
    assert outcomes(tmp_path, rules, row) == [expected]


def test_the_due_day_itself_counts(tmp_path: Path) -> None:
    found = assess(
        tmp_path, [CEILING], {"image.captured_on": date(2024, 11, 20)}, {"image.captured_on": date(2024, 11, 21)}
    )
    assert list(found.dispositions["outcome"]) == ["due", "not_yet_due"]
    assert list(found.dispositions["due_on"]) == ["2026-11-20", "2026-11-21"]


MASTER = {"cluster_id": "c", "duplicate.copies": 3, "duplicate.is_master": True, "duplicate.relation": "master"}
COPY = {"cluster_id": "c", "duplicate.copies": 3, "duplicate.is_master": False, "duplicate.relation": "byte-identical"}


def test_a_master_releases_its_identical_copies_of_the_same_class(tmp_path: Path) -> None:
    found = outcomes(
        tmp_path,
        [LAW_FLOOR, CEILING],
        {**MASTER, **RUNS, **NEW},
        {**COPY, **RUNS, **OLD},  # released by its master: only the maximum is left
        {**COPY, **RUNS, **NEW},
        {**COPY, **RUNS, **OLD, "duplicate.relation": "pixel-identical"},
        {**COPY, **RUNS, **NEW, "duplicate.relation": "resized"},
        {**COPY, **RUNS, **NEW, "duplicate.relation": "metadata-only"},
        {**COPY, **RUNS, **NEW, "record.class": "identity_document"},
        {**COPY, **RUNS, **NEW, "cluster_id": "another"},
    )
    assert found == ["must_keep", "due", "not_yet_due", "conflict", "must_keep", "must_keep", "no_rule", "must_keep"]


def test_a_master_that_is_bound_for_a_shorter_time_releases_nothing(tmp_path: Path) -> None:
    found = outcomes(tmp_path, [LAW_FLOOR], {**MASTER, **OVER}, {**COPY, **RUNS})
    assert found == ["not_yet_due", "must_keep"]
    later = {"kyc.relationship_ended_on": date(2025, 1, 1)}
    assert outcomes(tmp_path, [LAW_FLOOR], {**MASTER, **RUNS}, {**COPY, **later}) == ["must_keep", "must_keep"]


def test_a_master_of_another_class_releases_nothing(tmp_path: Path) -> None:
    text = LAW_FLOOR.replace("{record.class is: kyc_record}", "{record.class is: recorded}")
    found = outcomes(tmp_path, [text], {**MASTER, **RUNS, "record.class": "business_record"}, {**COPY, **RUNS})
    assert found == ["must_keep", "must_keep"]


def a_hold(**selectors: Any) -> Hold:
    base: dict[str, Any] = {"hold_id": "H-1", "kind": "investigation", "matter": "m", "issued_by": "GC"}
    return Hold(**{**base, "issuer_role": "legal", "starts_on": ON, **selectors})


@pytest.mark.parametrize(
    ("selectors", "held"),
    [
        ({"path_pattern": "0.*"}, True),
        ({"path_pattern": "1.*"}, False),
        ({"source": "s", "sha256": "aa"}, True),
        ({"source": "s", "sha256": "bb"}, False),
        ({"cluster_id": "c"}, True),
        ({"captured_from": date(2019, 1, 1), "captured_until": date(2020, 1, 1)}, True),
        ({"captured_from": date(2020, 1, 2)}, False),
        ({"starts_on": date(2026, 11, 21)}, False),
        ({"released_on": ON}, False),
        ({"released_on": date(2026, 11, 21)}, True),
    ],
)
def test_what_a_hold_selects(tmp_path: Path, selectors: dict[str, Any], held: bool) -> None:
    row = {**OLD, "sha256": "aa", "cluster_id": "c"}
    expected = "on_hold" if held else "due"
    assert outcomes(tmp_path, [CEILING], row, holds=(a_hold(**selectors),)) == [expected]


def test_an_unknown_capture_date_never_escapes_a_hold_by_date(tmp_path: Path) -> None:
    row = {"file.first_seen_on": date(2020, 1, 1), "image.captured_on": None}
    assert outcomes(tmp_path, [CEILING], row, holds=(a_hold(captured_from=date(2024, 1, 1)),)) == ["on_hold"]


def test_several_holds_are_all_cited(tmp_path: Path) -> None:
    holds = (a_hold(), a_hold(hold_id="H-0", kind="access_request", review_on=date(2026, 12, 1)))
    row = assess(tmp_path, [CEILING], OLD, holds=holds).dispositions.iloc[0]
    assert "H-0" in row["explanation"] and "H-1" in row["explanation"] and row["due_on"] == "2026-12-01"


EXCEPTION = """    exceptions:
      - id: T-03-X1
        when: {all: [{rights.model_release is: unlimited}]}
        retention: {keep_no_longer_than: P9Y, counted_from: image.captured_on}
        reason: {en: release on file, zh-Hant: 已有授權}
        approved_by: General Counsel
        valid_until: UNTIL
"""


@pytest.mark.parametrize(
    ("until", "release", "expected"),
    [
        ("2026-11-20", "unlimited", "not_yet_due"),
        ("2026-11-19", "unlimited", "due"),
        ("2026-11-20", "limited", "due"),
        ("2026-11-20", None, "due"),
    ],
)
def test_an_exception_works_until_its_last_day(tmp_path: Path, until: str, release: str | None, expected: str) -> None:
    rules = [CEILING + EXCEPTION.replace("UNTIL", until)]
    assert outcomes(tmp_path, rules, {**OLD, "rights.model_release": release}) == [expected]


def test_an_expired_exception_is_a_finding_of_its_own(tmp_path: Path) -> None:
    rules = [CEILING + EXCEPTION.replace("UNTIL", "2026-06-30")]
    row = {**OLD, "rights.model_release": "unlimited"}
    findings = assess(tmp_path, rules, row, row, {**row, "source": "t"}).findings
    expired = findings[findings["rule"] == "T-03-X1"]
    assert list(expired["source"]) == ["s", "t"] and set(expired["due_on"]) == {"2026-06-30"}
    assert set(expired["authority_rank"]) == {"organisation_policy"} and findings["finding_id"].is_unique


def test_a_due_day_on_a_holiday_moves_only_where_the_rule_says_so(tmp_path: Path) -> None:
    moved = CEILING.replace("P2Y,", "P2Y, if_due_on_holiday: next working day,")
    row = {"image.captured_on": date(2024, 12, 25)}
    plain, rolled = (assess(tmp_path / name, [text], row) for name, text in (("a", CEILING), ("b", moved)))
    assert [plain.dispositions["due_on"][0], rolled.dispositions["due_on"][0]] == ["2026-12-25", "2026-12-28"]


def test_a_finding_says_where_a_date_came_from_when_the_capture_date_is_not_recorded(tmp_path: Path) -> None:
    finding = assess(tmp_path, [CEILING], {"file.first_seen_on": date(2020, 1, 1)}).findings.iloc[0]
    assert finding["counted_from"] == "2020-01-01" and finding["due_on"] == "2022-01-01"
    assert (
        "The capture date is not recorded; counted from the day an audit first saw the copy" in finding["explanation"]
    )


def test_a_period_of_a_code_or_a_statute_is_counted_from_its_event_only(tmp_path: Path) -> None:
    """Not even where the event is the capture: what the law counts from is not guessed from a disk."""
    by_law = CEILING.replace(HOUSE, AUTHORITY)
    assert outcomes(tmp_path, [by_law], {"file.first_seen_on": date(2020, 1, 1)}) == ["cannot_decide"]
    assert outcomes(tmp_path, [by_law], OLD) == ["due"]


def test_due_with_an_unknown_minimum_says_what_to_check_first(tmp_path: Path) -> None:
    text = rule("T-09", "{location.jurisdiction is: HK}", "{keep_at_least: P30Y, counted_from: image.captured_on}")
    row = assess(tmp_path, [CEILING, text], OLD).dispositions.iloc[0]
    assert row["outcome"] == "due" and row["missing_facts"] == "location.jurisdiction"
    assert "Check first" in row["explanation"]


def test_each_row_has_its_own_set_of_holds() -> None:
    """The stop rule alone, beside a hold, and for another copy of a stopped picture; a hold alone; none."""
    frame = pd.DataFrame(
        {
            "source": "s",
            "path": ["a/1", "b/2", "a/3", "b/4", "b/5"],
            "sha256": ["11", "22", "33", "22", "55"],
            "sensitivity": [(STOP_RULE,), (STOP_RULE,), (), (), ()],
        }
    )
    found = select([a_hold(path_pattern="a/*"), a_hold(hold_id="H-2", path_pattern="a/3")], frame, ON)
    ids = [[hold.hold_id for hold in found.sets[number]] for number in found.rows]
    assert ids == [["", "H-1"], [""], ["H-1", "H-2"], [""], []]
