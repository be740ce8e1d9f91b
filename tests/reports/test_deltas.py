"""What changed between two audits: the quick comparison says what a slow one says, and its numbers add up."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from pdpo_audit.model.reviews.deltas import Cause, Delta, Kind
from pdpo_audit.reports.deltas.comparison import compare_audits
from tests.reports import brute_delta

KEY = "0123456789abcdef"


def held(delta: Delta, told: brute_delta.Told) -> None:
    assert asdict(delta.holdings) == told.holdings
    assert asdict(delta.clusters) == told.clusters
    assert asdict(delta.people) == told.people
    found = delta.findings
    assert {cause.value: number for cause, number in found.opened_by.items() if number} == dict(told.opened_by)
    assert {cause.value: number for cause, number in found.closed_by.items() if number} == dict(told.closed_by)
    assert (found.overdue, found.reopened) == (told.overdue, told.reopened)
    assert {one.name: one.new for one in delta.sources if one.new} == dict(told.new_by_source)
    assert {one.name: one.gone for one in delta.owners if one.gone} == dict(told.gone_by_owner)


def adds_up(delta: Delta) -> None:
    copies, clusters, people, found = delta.holdings, delta.clusters, delta.people, delta.findings
    assert copies.before == copies.unchanged + copies.changed + copies.moved + copies.gone
    assert copies.now == copies.unchanged + copies.changed + copies.moved + copies.new
    assert clusters.now == clusters.before + clusters.born - clusters.ended
    assert people.now == people.before + people.newly - people.no_longer
    assert found.now == found.before + found.opened - found.closed == found.stayed + found.opened
    assert sum(found.opened_by.values()) == found.opened and sum(found.closed_by.values()) == found.closed
    for rows in (delta.sources, delta.owners):
        for kind in ("new", "gone", "moved", "changed"):
            assert sum(getattr(row, kind) for row in rows) == getattr(copies, kind)
        assert sum(row.opened for row in rows) == found.opened and sum(row.closed for row in rows) == found.closed


@pytest.mark.parametrize("seed", range(25))
def test_the_quick_comparison_says_what_the_slow_one_says(seed: int) -> None:
    *earlier, before, now = brute_delta.random_audits(seed, 120, 4)
    delta = compare_audits(before.tables(), now.tables(), earlier=[one.tables() for one in earlier], key=KEY)
    held(delta, brute_delta.compare(before, now, earlier))
    adds_up(delta)


@pytest.mark.parametrize("seed", [1, 3])
def test_what_was_erased_under_a_plan_is_made_again_whatever_the_rules_said(seed: int) -> None:
    *earlier, before, now = brute_delta.random_audits(seed, 120, 4)
    acted = [brute_delta.place(row) for row in (*earlier[0].holdings, *before.holdings)][::3]
    rest = [one.tables() for one in earlier]
    delta = compare_audits(before.tables(), now.tables(), earlier=rest, key=KEY, erased=acted)
    told = brute_delta.compare(before, now, earlier, acted)
    held(delta, told)
    assert told.holdings["again"] > brute_delta.compare(before, now, earlier).holdings["again"]


def test_ten_thousand_copies_are_compared_as_slowly_as_need_be() -> None:
    before, now = brute_delta.random_audits(99, 15_500, 2)
    assert len(now.holdings) > 10_000
    delta = compare_audits(before.tables(), now.tables(), key=KEY)
    held(delta, brute_delta.compare(before, now))
    adds_up(delta)


@pytest.mark.parametrize("side", ["before", "now"])
def test_what_one_of_the_audits_did_not_reach_is_neither_gone_nor_new(side: str) -> None:
    audits = brute_delta.random_audits(3, 120, 4)
    unknown = audits[0].holdings[0]["source"]
    rest = [one.without(unknown) for one in audits]
    *earlier, before, now = [one.tables() for one in audits]
    missing = replace((rest[-2] if side == "before" else rest[-1]).tables(), not_reached=frozenset({unknown}))
    sides = (missing, now) if side == "before" else (before, missing)
    delta = compare_audits(*sides, earlier=earlier, key=KEY)
    assert delta.not_compared == (unknown,)
    held(delta, brute_delta.compare(rest[-2], rest[-1], rest[:-2]))
    adds_up(delta)


@pytest.mark.parametrize("side", ["before", "now"])
@pytest.mark.parametrize("reason", ["no_permission", "symbolic_link"])
def test_a_folder_that_one_of_the_audits_passed_over_is_neither_gone_nor_new(side: str, reason: str) -> None:
    audits = brute_delta.random_audits(3, 120, 4)
    source, folder = "hr", "3"
    rest = [one.without(source, f"{folder}/") for one in audits]
    *earlier, before, now = [one.tables() for one in audits]
    held_beside = {"source": source, "path": "elsewhere", "reason": reason}
    passed = {"source": source, "path": folder, "reason": reason}, held_beside
    missing = (rest[-2] if side == "before" else rest[-1]).tables(*passed)
    sides = (missing, now) if side == "before" else (before, missing)
    delta = compare_audits(*sides, earlier=earlier, key=KEY)
    assert delta.not_compared == (f"{source}: {folder}/",)
    held(delta, brute_delta.compare(rest[-2], rest[-1], rest[:-2]))
    adds_up(delta)
    damaged = audits[-1].tables({"source": source, "path": folder, "reason": "damaged"})
    assert compare_audits(before, damaged, earlier=earlier, key=KEY).not_compared == ()


def test_every_cause_is_met() -> None:
    met = set()
    for seed in range(12):
        _, before, now = brute_delta.random_audits(seed, 120, 3)
        met |= set(brute_delta.compare(before, now).opened_by)
    assert met == {cause.value for cause in Cause}


def test_copies_are_named_with_where_they_moved_from() -> None:
    before, now = brute_delta.random_audits(5, 60, 2)
    delta = compare_audits(before.tables(), now.tables(), key=KEY)
    old, new = {brute_delta.place(row) for row in before.holdings}, {brute_delta.place(row) for row in now.holdings}
    assert {one.kind for one in delta.listed} >= {Kind.NEW, Kind.GONE, Kind.MOVED}
    for one in delta.listed:
        at = one.source, one.path
        assert (at in new) != (one.kind is Kind.GONE)
        if one.kind is Kind.MOVED:
            assert (one.was_source, one.was_path) in old - new and at not in old
    counted = {kind: sum(one.kind is kind for one in delta.listed) for kind in Kind}
    assert counted[Kind.NEW] + counted[Kind.AGAIN] == delta.holdings.new
    assert counted[Kind.GONE] == delta.holdings.gone and counted[Kind.MOVED] == delta.holdings.moved


def test_the_same_audit_twice_shows_no_change() -> None:
    (audit,) = brute_delta.random_audits(3, 80, 1)
    delta = compare_audits(audit.tables(), audit.tables(), key=KEY)
    assert delta.holdings.unchanged == delta.holdings.now and not delta.listed
    assert delta.findings.opened == delta.findings.closed == 0 and not delta.sources
