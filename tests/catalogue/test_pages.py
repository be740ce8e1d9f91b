"""Pages show exactly the rows that a filter of the whole table gives, in its order, on both databases."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import delete, func, insert, select, update

from benchmarks.large_catalogue import make_catalogue
from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.audits import counts_of, load_audits
from pdpo_audit.catalogue.queries import narrowing
from pdpo_audit.catalogue.queries.pages import count_decided, count_rows, read_cases, read_page
from pdpo_audit.catalogue.queries.tables import CatalogueTables
from pdpo_audit.catalogue.store import Store
from pdpo_audit.errors import CallError
from pdpo_audit.model.tables import Table, frozen_columns

SHOWN = (Table.FINDINGS, Table.DISPOSITIONS)


@pytest.fixture
def store(catalogue_url: str, tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(catalogue_url, tmp_path)
    make_catalogue(opened, 600, seed=2)
    yield opened
    opened.close()


def whole(store: Store, table: Table) -> pd.DataFrame:
    audit = load_audits(store)[-1].audit_id
    rows = pd.concat(list(CatalogueTables(store, {}, detector="", audit_id=audit).chunks(table)))
    return rows[list(frozen_columns(table))]  # who decided stands in the exported table alone


def paged(store: Store, table: Table, where: Mapping[str, str], rows: int, **more: Any) -> list[tuple[Any, ...]]:
    """All pages, one after the other."""
    audit, after = load_audits(store)[-1].audit_id, -1
    found: list[tuple[Any, ...]] = []
    while True:
        page = read_page(store, table, audit, where, after=after, rows=rows, **more)
        assert len(page.rows) <= rows
        found += page.rows
        if page.after is None:
            return found
        assert len(page.rows) == rows and page.after > after
        after = page.after


def expected(frame: pd.DataFrame, where: Mapping[str, str]) -> list[tuple[Any, ...]]:
    for name, value in where.items():
        frame = frame[frame[name] == value]
    return list(frame.itertuples(index=False, name=None))


@pytest.mark.parametrize("table", SHOWN)
def test_every_column_filters_as_the_whole_table_does(store: Store, table: Table) -> None:
    frame = whole(store, table)
    assert paged(store, table, {}, 100) == expected(frame, {})
    for name in frozen_columns(table):
        values = frame[name].value_counts()
        for value in (*values.index[:2], *values.index[-2:], "never said"):
            found = paged(store, table, {name: value}, 100)
            assert found == expected(frame, {name: value}), (name, value)
            assert bool(found) == (value != "never said")


@pytest.mark.parametrize("rows", [1, 2, 7])
def test_pages_of_any_size_join_without_gap_or_overlap(store: Store, rows: int) -> None:
    frame = whole(store, Table.FINDINGS).reset_index(drop=True)
    where = {"rule": str(frame["rule"].value_counts().index[3])}
    assert paged(store, Table.FINDINGS, where, rows) == expected(frame, where)


def test_columns_together(store: Store) -> None:
    frame = whole(store, Table.FINDINGS)
    row = frame.iloc[40]
    for names in (["rule", "owner"], ["source", "path"], ["severity", "jurisdiction", "status"], ["path", "status"]):
        where = {name: str(row[name]) for name in names}
        assert paged(store, Table.FINDINGS, where, 3) == expected(frame, where) != []
    decided = frame[frame["status"] == "decided"].iloc[0]
    where = {"status": "decided", "determination": decided["determination"], "severity": decided["severity"]}
    assert paged(store, Table.FINDINGS, where, 3) == expected(frame, where) != []
    assert paged(store, Table.FINDINGS, {"status": "decided", "determination": ""}, 3) == []
    assert paged(store, Table.FINDINGS, {"status": "open", "determination": "agree"}, 3) == []


@pytest.mark.parametrize("share", [0.0, 0.01, 1.0])
def test_few_decisions_and_many_are_found_alike(store: Store, share: float) -> None:
    """Few are looked up one by one, many are met on the way."""
    frame = whole(store, Table.FINDINGS)
    ids = frame["finding_id"].tolist()
    rows = [
        {
            "finding_id": one,
            "decision": "agree",
            "reason": "",
            "decided_by": "x",
            "role": "",
            "decided_on": "2026-01-01",
        }
        for one in ids[: round(len(ids) * share)]
    ]
    with store.transaction() as transaction:
        transaction.connection.execute(delete(schema.determinations))
        if rows:
            transaction.connection.execute(insert(schema.determinations), rows)
    frame = whole(store, Table.FINDINGS)
    for where in ({"status": "decided"}, {"determination": "agree"}, {"status": "open"}, {"determination": ""}):
        assert paged(store, Table.FINDINGS, where, 5) == expected(frame, where)


@pytest.mark.parametrize("bound", [5, 20_000])
def test_sources_days_and_filters_together(store: Store, bound: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever condition is gone through first, counted whole or up to a bound, the rows are the same."""
    monkeypatch.setattr(narrowing, "_BOUND", bound)
    monkeypatch.setattr(narrowing, "_FEW", 0)
    chance, asked = random.Random(3), 0
    for table, names in (
        (Table.FINDINGS, ["rule", "severity", "people_level", "owner", "jurisdiction", "status", "source"]),
        (Table.DISPOSITIONS, ["outcome", "act", "source", "due_rule"]),
    ):
        frame = whole(store, table)
        everywhere = sorted(set(frame["source"]))
        for _ in range(40):
            row = frame.iloc[chance.randrange(len(frame))]
            where = {name: str(row[name]) for name in chance.sample(names, chance.randrange(3)) if row[name]}
            within = set(chance.sample(everywhere, chance.randint(1, len(everywhere))))
            day = chance.choice(["", "2017-01-01", "2022-06-30", "2031-12-31"])
            rows = frame[frame["source"].isin(within)]
            rows = rows[(rows["due_on"] != "") & (rows["due_on"] <= day)] if day else rows
            found = paged(store, table, where, 7, within=within, due_until=day)
            assert found == expected(rows, where), (where, within, day)
            audit = load_audits(store)[-1].audit_id
            if not day:
                assert count_rows(store, table, audit, where, most=10**6, within=within) == len(found)
            asked += len(found)
    assert asked > 500


def test_what_an_audit_says_is_counted_once_and_by_source(store: Store) -> None:
    audit, frame = load_audits(store)[-1].audit_id, whole(store, Table.FINDINGS)
    counted = frame["severity"].value_counts().to_dict()
    assert counts_of(store, audit, "severity") == counted
    with store.transaction() as transaction:  # as an audit of an earlier version has none
        transaction.connection.execute(delete(schema.audit_counts))
    mine = frame[frame["source"].isin(["hr-archive", "events-drive"])]["severity"].value_counts().to_dict()
    assert counts_of(store, audit, "severity", {"hr-archive", "events-drive"}) == mine != {}
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(schema.audit_counts)).scalar_one() > 10
    decided = frame[frame["status"] == "decided"]
    everywhere = set(frame["source"])
    assert count_decided(store, audit, "severity", within=everywhere) == decided["severity"].value_counts().to_dict()
    assert counts_of(store, "no such audit", "severity") == {}


def test_what_cannot_be_asked_is_refused(store: Store) -> None:
    with pytest.raises(CallError, match="no column colour"):
        read_page(store, Table.FINDINGS, "x", {"colour": "red"})
    with pytest.raises(CallError, match="no pages"):
        read_page(store, Table.EVENTS, "x", {})
    assert read_page(store, Table.FINDINGS, "no such audit", {}).rows == []


def test_a_bounded_count_never_beats_one_that_is_known(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(narrowing, "_BOUND", 5)
    monkeypatch.setattr(narrowing, "_FEW", 0)
    audit = load_audits(store)[-1]
    severities = counts_of(store, audit.audit_id, "severity")
    word = max(severities, key=lambda one: severities[one])
    with store.reading() as connection:
        terms, found = schema.terms, schema.findings
        numbers = {
            said: int(connection.execute(select(terms.c.id).where(terms.c.text == said)).scalar_one())
            for said in (word, "open")
        }
        known = narrowing.Condition(column=found.c.severity, values=(numbers[word],), word=word)
        bounded = narrowing.Condition(column=found.c.status, values=(numbers["open"],), word="open")
        best, kept = narrowing.narrowest(connection, found, audit.number, [bounded, known], None)
        assert (best, kept) == (known, severities[word]) and kept > 5
        assert narrowing.narrowest(connection, found, audit.number, [bounded], None) == (bounded, 5)


@pytest.mark.parametrize("table", SHOWN)
def test_how_many_rows_a_source_has_is_known_and_not_counted(
    store: Store, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(narrowing, "_BOUND", 1)
    audit, rows = load_audits(store)[-1].number, whole(store, table)["source"].value_counts()
    stored = {Table.FINDINGS: schema.findings, Table.DISPOSITIONS: schema.dispositions}[table]
    with store.reading() as connection:
        for word, number in rows.items():
            one = select(schema.terms.c.id).where(schema.terms.c.text == word)
            asked = narrowing.Condition(
                column=stored.c.source, values=(connection.execute(one).scalar_one(),), word=str(word)
            )
            assert narrowing.narrowest(connection, stored, audit, [asked], None) == (asked, number)
        names = list(rows.index[:2])
        asked = narrowing.Condition(column=stored.c.source, values=(-1, -2))
        assert narrowing.narrowest(connection, stored, audit, [asked], names) == (asked, rows[names].sum())


def test_what_lies_in_one_source_is_looked_for_between_its_first_and_last_row(store: Store) -> None:
    audit, table = load_audits(store)[-1], schema.dispositions
    with store.reading() as connection:
        rows = connection.execute(select(table).where(table.c.audit == audit.number)).all()
        for source, outcome in {(one.source, one.outcome) for one in rows}:
            asked = [narrowing.Condition(column=table.c.source, values=(source,)),
                     narrowing.Condition(column=table.c.outcome, values=(outcome,))]  # fmt: skip
            first, last = narrowing.spanned(connection, table, audit.number, asked) or (0, -1)
            for name, value in (("source", source), ("outcome", outcome)):
                numbers = [one.row for one in rows if one._mapping[name] == value]
                assert min(numbers) <= first and last <= max(numbers)
            assert all(first <= one.row <= last for one in rows if (one.source, one.outcome) == (source, outcome))
        nothing = narrowing.Condition(column=table.c.source, values=(-1,))
        assert narrowing.spanned(connection, table, audit.number, [nothing]) is None


def test_cases_by_their_cluster_or_their_finding(store: Store) -> None:
    audit, frame = load_audits(store)[-1].audit_id, whole(store, Table.FINDINGS)
    everywhere = set(frame["source"])
    clustered = next(name for name in frame["cluster_id"] if name)
    alone = next(row for row in frame.to_dict("records") if row["cluster_id"] != clustered)
    found = read_cases(store, audit, [clustered, alone["finding_id"]], within=everywhere)
    of_them = frame[(frame["cluster_id"] == clustered) | (frame["finding_id"] == alone["finding_id"])]
    assert [one["finding_id"] for one in found] == list(of_them["finding_id"]) and len(found) > 1
    elsewhere = everywhere - {alone["source"]}
    assert read_cases(store, audit, [alone["finding_id"]], within=elsewhere) == []
    earlier = load_audits(store)[0].audit_id
    assert earlier != audit and read_cases(store, "no such audit", [clustered], within=everywhere) == []
    assert {one["finding_id"] for one in read_cases(store, earlier, [clustered], within=everywhere)} == {
        one["finding_id"] for one in whole_of(store, earlier) if one["cluster_id"] == clustered
    }


def whole_of(store: Store, audit: str) -> list[dict[str, Any]]:
    rows = pd.concat(list(CatalogueTables(store, {}, detector="", audit_id=audit).chunks(Table.FINDINGS)))
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def test_a_page_has_fifty_rows_and_the_last_one_says_that_it_is_the_last(store: Store) -> None:
    audit, frame = load_audits(store)[-1].audit_id, whole(store, Table.FINDINGS)
    page = read_page(store, Table.FINDINGS, audit, {})
    assert len(page.rows) == 50 and page.after is not None
    assert read_page(store, Table.FINDINGS, audit, {}, rows=len(frame)).after is None
    short = read_page(store, Table.FINDINGS, audit, {}, rows=len(frame) - 1)
    assert short.after is not None and len(read_page(store, Table.FINDINGS, audit, {}, after=short.after).rows) == 1


def test_counts_of_another_audit_are_not_this_ones(store: Store) -> None:
    audit = load_audits(store)[-1]
    with store.transaction() as transaction:
        transaction.connection.execute(delete(schema.audit_counts).where(schema.audit_counts.c.audit == audit.number))
    with store.reading() as connection:
        one = select(schema.terms.c.id).where(schema.terms.c.text == "hr-archive")
        asked = narrowing.Condition(
            column=schema.findings.c.source, values=(connection.execute(one).scalar_one(),), word="hr-archive"
        )
        number = int((whole(store, Table.FINDINGS)["source"] == "hr-archive").sum())
        assert narrowing.narrowest(connection, schema.findings, audit.number, [asked], None) == (asked, number)


def test_decisions_count_in_the_audit_that_has_the_finding(store: Store) -> None:
    audits, frame = load_audits(store), whole(store, Table.FINDINGS)
    last, everywhere = audits[-1], sorted(set(frame["source"]))
    ids = frame["finding_id"].tolist()[:3]
    said = {"decision": "agree", "reason": "", "decided_by": "x", "role": "", "decided_on": "2026-01-01"}
    with store.transaction() as transaction:
        transaction.connection.execute(delete(schema.findings).where(schema.findings.c.audit != last.number))
        transaction.connection.execute(delete(schema.determinations))
        transaction.connection.execute(insert(schema.determinations), [{"finding_id": one, **said} for one in ids])
    decided = whole(store, Table.FINDINGS).query("status == 'decided'")
    assert len(decided) == 3
    assert (
        count_decided(store, last.audit_id, "severity", within=everywhere)
        == decided["severity"].value_counts().to_dict()
    )
    assert paged(store, Table.FINDINGS, {"status": "decided"}, 2) == expected(decided, {})
    for other in audits[:-1]:
        assert count_decided(store, other.audit_id, "severity", within=everywhere) == {}


def test_counts_that_were_not_finished_are_not_taken(store: Store) -> None:
    audit, counts = load_audits(store)[-1], schema.audit_counts
    with store.reading() as connection:
        one = select(schema.terms.c.id).where(schema.terms.c.text == "hr-archive")
        nas = narrowing.Condition(
            column=schema.findings.c.source, values=(connection.execute(one).scalar_one(),), word="hr-archive"
        )
        none = narrowing.Condition(column=schema.findings.c.source, values=(-1,), word="nobody's")
        assert narrowing.narrowest(connection, schema.findings, audit.number, [none], None) == (none, 0)
    with store.transaction() as transaction:
        mine = counts.c.audit == audit.number
        transaction.connection.execute(update(counts).where(mine).values(number=10**6))
        transaction.connection.execute(delete(counts).where(mine, counts.c.what == ""))
    number = int((whole(store, Table.FINDINGS)["source"] == "hr-archive").sum())
    with store.reading() as connection:
        assert narrowing.narrowest(connection, schema.findings, audit.number, [nas], None) == (nas, number)
