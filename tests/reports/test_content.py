"""What the reports say, and that it equals the tables."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from pdpo_audit.model.audits import SourceRecord
from pdpo_audit.model.tables import Table
from pdpo_audit.reports.content import breakdowns, selection
from pdpo_audit.reports.content.composition import compose
from pdpo_audit.reports.counting import passes

from . import example


def frame(tables: example.MemoryTables, table: Table) -> pd.DataFrame:
    return pd.concat(list(tables.chunks(table)), ignore_index=True)


def test_totals_equal_the_tables() -> None:
    tables = example.tables()
    content = compose(example.header(), tables)
    holdings, findings = frame(tables, Table.HOLDINGS), frame(tables, Table.FINDINGS)
    totals = content.totals
    assert totals.holdings == len(holdings)
    assert totals.bytes == holdings["bytes"].sum()
    assert totals.clusters == len(frame(tables, Table.CLUSTERS)) == holdings["is_master"].sum()
    assert totals.additional_copies == ((holdings["cluster_id"] != "") & ~holdings["is_master"].astype(bool)).sum()
    assert totals.additional_bytes == frame(tables, Table.CLUSTERS)["additional_bytes"].sum()
    assert totals.pictures == totals.holdings - totals.additional_copies
    assert totals.findings == len(findings)
    assert content.grades.critical == (findings["severity"] == "critical").sum()
    assert sum(share.holdings for share in content.outcomes) == len(frame(tables, Table.DISPOSITIONS))
    assert totals.skipped == len(frame(tables, Table.SKIPPED))


def test_a_source_sums_to_the_whole() -> None:
    content = compose(example.header(), example.tables())
    assert sum(source.holdings for source in content.sources) == content.totals.holdings
    assert sum(source.additional_copies for source in content.sources) == content.totals.additional_copies
    assert sum(source.grades.total for source in content.sources) == content.totals.findings


def test_copies_in_formats_that_are_read_experimentally_are_counted() -> None:
    tables = example.tables(clusters=1, singles=0)
    assert compose(example.header(), tables).experimental == ()
    for row in tables.rows[Table.HOLDINGS][:2]:
        row["format"] = "CR3"
    (found,) = compose(example.header(), tables).experimental
    assert (found.key, found.holdings) == ("CR3", 2)


def test_people_levels_count_pictures_once_and_holdings_all() -> None:
    tables = example.tables(clusters=6, singles=0)
    content = compose(example.header(), tables)
    level = {share.key: share for share in content.levels}
    assert level["P2"].pictures == 2
    assert level["P2"].holdings == 6
    assert sum(share.pictures for share in content.levels) == content.totals.pictures


def test_a_master_made_unrecognisable_does_not_hide_its_copies() -> None:
    tables = example.tables(clusters=1, singles=0)
    tables.rows[Table.HOLDINGS][0]["people_level"] = "P0"
    tables.rows[Table.CLUSTERS][0]["people_level"] = "P2"
    level = {share.key: share for share in compose(example.header(), tables).levels}
    assert (level["P2"].pictures, level["P2"].holdings) == (1, 2)
    assert (level["P0"].pictures, level["P0"].holdings) == (0, 1)


def test_unknown_is_never_p0() -> None:
    tables = example.tables(clusters=0, singles=3)
    for row in tables.rows[Table.HOLDINGS]:
        row["people_level"] = ""
    level = {share.key: share.holdings for share in compose(example.header(), tables).levels}
    assert level["unknown"] == 3
    assert level["P0"] == 0


def test_sensitivity_that_nobody_supplied_is_not_looked_for() -> None:
    tables = example.tables(clusters=2, singles=2)
    content = compose(example.header(), tables)
    assert not content.sensitivity_looked_for
    assert content.summary()["sensitivity"] == "not looked for"


def test_findings_are_grouped_by_owner_worst_first_with_every_copy() -> None:
    content = compose(example.header(), example.tables())
    assert [owner.owner for owner in content.owners] == ["Partner Management", "Human Resources"]
    first = content.owners[0].cases[0]
    assert first.severity == "critical"
    assert first.due_on == date(2026, 11, 20)
    assert [copy.is_master for copy in first.copies] == [True, False, False]
    assert first.copies[1].owner == "Partner Management"
    assert first.copies[2].outcome == "due"
    assert first.picture.startswith(b"\xff\xd8")
    assert sum(owner.findings for owner in content.owners) == content.totals.findings_for_action
    assert content.findings_shown == content.totals.findings_for_action
    single = next(case for case in content.owners[0].cases if not case.cluster_id)
    assert [copy.source for copy in single.copies] == ["shenzhen-partner"]
    assert single.holdings == 1


def test_rules_on_one_holding_become_one_case() -> None:
    content = compose(example.header(), example.tables())
    case = content.owners[1].cases[0]
    assert [rule.rule for rule in case.rules] == ["CORE-01", "HR-02"]
    assert case.due_on == date(2024, 6, 30)


def test_only_the_first_cases_are_shown_and_the_rest_counted() -> None:
    tables = example.tables(clusters=60, singles=0)
    found = selection.pass_findings(tables, limit=5)
    assert len(found.cases) == 5
    assert all(case.severity == "critical" for case in found.cases)
    assert found.cube.total(action="yes").rows > found.shown


@settings(max_examples=8, deadline=None)
@given(st.permutations(range(20)), st.integers(1, 6))
def test_the_chosen_cases_do_not_depend_on_when_their_findings_come(order: list[int], limit: int) -> None:
    rows = []
    for number in range(20):
        grade = ("critical", "major", "minor")[number % 3]
        row = example.holding(example.SOURCES[0], number)
        due = f"2026-12-{number + 1:02d}"
        rows.append(example.finding(row, example.RULES[0], severity=grade, due_on=due))
    expected = selection.pass_findings(example.MemoryTables({Table.FINDINGS: rows}, {}), limit)
    shuffled = [rows[place] for place in order]
    found = selection.pass_findings(example.MemoryTables({Table.FINDINGS: shuffled}, {}), limit)
    assert len(found.cases) == limit
    assert [case.path for case in found.cases] == [case.path for case in expected.cases]


def test_sources_are_ranked_by_stated_reasons() -> None:
    content = compose(example.header(), example.tables())
    assert [source.record.name for source in content.sources] == ["shenzhen-partner", "hr-archive", "studio-nas"]


def test_a_source_that_holds_something_and_was_not_declared_is_told() -> None:
    content = compose(example.header(sources=example.SOURCES[:2]), example.tables())
    stray = next(source for source in content.sources if source.record.name == "hr-archive")
    assert not stray.declared
    assert stray.holdings > 0


def test_cost_is_a_band_and_stated_only_when_every_rate_is() -> None:
    tables = example.tables()
    content = compose(example.header(), tables)
    gigabytes = content.totals.additional_bytes / 1e9
    assert content.cost.yearly.low == gigabytes * 0.15 * 12
    assert content.cost.yearly.high == gigabytes * 0.25 * 12
    assert content.cost.stated_yearly is None
    rated = tuple(
        SourceRecord(name=s.name, uri=s.uri, owner=s.owner, cost_hkd_per_gb_month=0.5) for s in example.SOURCES
    )
    complete = compose(example.header(sources=rated), tables)
    assert complete.cost.stated_yearly is not None
    assert abs(complete.cost.stated_yearly - gigabytes * 0.5 * 12) < 1e-9


def test_due_windows_count_the_due_day_itself_as_passed() -> None:
    on = example.ON
    assert passes.window("2026-11-20", on) == "passed"
    assert passes.window("2026-11-21", on) == "30_days"
    assert passes.window("2026-12-21", on) == "90_days"
    assert passes.window("", on) == "no_date"


def test_what_is_due_is_counted_by_act_and_by_the_rank_of_the_rule_that_gives_the_day() -> None:
    """Other rules on the same copy may rank higher: they do not give the day."""
    content = compose(example.header(), example.tables())
    by_rank = {share.key: share.holdings for share in content.due_by_rank}
    by_act = {share.key: share.holdings for share in content.due_by_act}
    assert by_rank == {"code_of_practice": 9, "organisation_policy": 7}
    assert sum(by_act.values()) == 16 and set(by_act) == {"erase", "take_down"}


def test_principles_are_read_from_the_authority() -> None:
    assert breakdowns.named_principles("PDPO DPP2(2), s.26(1)") == ("DPP2", "s.26")
    assert breakdowns.named_principles("Model release") == ("other",)
    assert breakdowns.named_principles("Cap. 622 s.261") == ("other",)


def test_changes_compare_with_the_audit_before() -> None:
    tables = example.tables()
    before = compose(example.header(), example.tables(clusters=3, singles=4)).summary()
    change = {row.measure: row for row in compose(example.header(), tables, previous=before).changes}
    assert change["holdings"].before == 13
    assert change["holdings"].now == 54


def test_an_empty_audit_is_content_too() -> None:
    content = compose(example.header(), example.MemoryTables({}, {}))
    assert content.totals.holdings == 0
    assert content.owners == ()
    assert not content.urgent.anything


def test_the_summary_is_json_and_the_same_every_time() -> None:
    first = json.dumps(compose(example.header(), example.tables()).summary(), sort_keys=True)
    assert first == json.dumps(compose(example.header(), example.tables()).summary(), sort_keys=True)


def test_what_the_settings_leave_out_is_said() -> None:
    assert compose(example.header(), example.tables()).left_out == (("shenzhen-partner", "except", "**/.trash/**"),)
    narrowed = replace(example.SOURCES[0], include=("2023/**",))
    assert compose(example.header(sources=(narrowed,)), example.tables()).left_out == (
        ("studio-nas", "only", "2023/**"),
    )
