"""What the review pages ask and keep is the same on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.large_catalogue import make_catalogue
from pdpo_audit.catalogue.audits import load_audits
from pdpo_audit.catalogue.queries.falling_due import due_by_source, missing_by_source
from pdpo_audit.catalogue.queries.tables import CatalogueTables
from pdpo_audit.catalogue.reviewing import filters, keeping, second_looks, standing
from pdpo_audit.catalogue.reviewing.decisions import decide_findings, first_found
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.tables import Table

AT, LATER, LAST = "2026-11-30T12:00:00+08:00", "2026-11-30T13:00:00+08:00", "2026-11-30T14:00:00+08:00"


@pytest.fixture
def store(catalogue_url: str, tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(catalogue_url, tmp_path)
    make_catalogue(opened, 600, seed=3)
    yield opened
    opened.close()


def frame(store: Store, table: Table) -> pd.DataFrame:
    audit = load_audits(store)[-1].audit_id
    return (
        pd.concat(list(CatalogueTables(store, {}, detector="", audit_id=audit).chunks(table))).astype(object).fillna("")
    )


def audit_of(store: Store) -> str:
    return load_audits(store)[-1].audit_id


def decide(store: Store, findings: list[str], *, batch: str, decision: str, by: str, at: str) -> None:
    rows = [
        {
            "finding_id": one, "decision": decision, "reason": "For legal to decide. x", "decided_by": by,
            "role": "dpo", "decided_on": at[:10],
        }
        for one in findings
    ]  # fmt: skip
    with store.transaction() as transaction:
        decide_findings(transaction, rows, batch=batch, browser=by.encode(), at=at)


def look(store: Store, batch: str, findings: list[str]) -> None:
    row = {
        "batch": batch, "case_key": "DC-1", "why": "share", "asked_of": "", "sources": "[]", "drawn_at": AT,
        "first_by": "Ho Mei", "first_browser": b"Ho Mei", "first_choice": "agree",
    }  # fmt: skip
    with store.transaction() as transaction:
        second_looks.record_look(transaction, row, findings)


def test_a_look_is_open_until_it_is_read_and_settled_when_somebody_decides_again(store: Store) -> None:
    ids = sorted(frame(store, Table.FINDINGS)["finding_id"])[:4]
    decide(store, ids, batch="B-1", decision="agree", by="Ho Mei", at=AT)
    look(store, "B-1", ids[:2])
    look(store, "B-2", ids[2:])
    assert [one.batch for one in second_looks.open_looks(store, but_of="Wong")] == ["B-1", "B-2"]
    assert second_looks.open_looks(store, but_of="Ho Mei") == []
    with store.reading() as connection:
        assert {row.finding_id for row in second_looks.awaited_on(connection, ids)} == set(ids)
        assert second_looks.findings_of(connection, 1) == ids[:2]
    said = {"read_by": "Wong", "role": "legal", "choice": "disagree", "reason": "", "read_at": LATER, "browser": b"W"}
    with store.transaction() as transaction:
        assert second_looks.read_look(transaction, 1, **said)
        assert not second_looks.read_look(transaction, 1, **said)
        second_looks.withdraw_looks_on(transaction, ids[3:], LATER)
    assert second_looks.open_looks(store, but_of="Wong") == []
    assert [one.id for one in second_looks.looks_taken(store)] == [1]
    assert second_looks.unsettled(store, [1]) == {1}
    decide(store, ids[:1], batch="B-3", decision="disagree", by="Wong", at=LAST)
    assert second_looks.unsettled(store, [1]) == set()


def test_what_is_signed_off_is_named_by_its_digest(store: Store) -> None:
    found = frame(store, Table.FINDINGS)
    audit, ids = audit_of(store), sorted(found[found["determination"] == ""]["finding_id"])[:3]
    with store.reading() as connection:
        nothing = standing.decided_digest(connection, audit)
    decide(store, ids, batch="B-1", decision="postponed", by="Ho Mei", at=AT)
    with store.reading() as connection:
        first, one = standing.decided_digest(connection, audit), standing.batch_digest(connection, "B-1")
        assert standing.batches_in(connection, audit, {"B-1", "B-9"}) == {"B-1"}
        assert standing.people_of_browser(connection, b"Ho Mei") == {"Ho Mei"}
    assert first[1] == nothing[1] + 3 and one[1] == 3
    assert standing.postponed_on(store, audit) == {"For legal to decide. x": 3}
    assert standing.count_batches(store) == 1
    assert [(row.batch, row.findings) for row in standing.newest_of_all(store)] == [("B-1", 3)]
    decide(store, ids[:1], batch="B-2", decision="agree", by="Wong", at=LATER)
    with store.reading() as connection:
        assert standing.decided_digest(connection, audit)[0] != first[0]
        assert standing.batch_digest(connection, "B-1") == one
    said = {
        "subject": "audit", "named": audit, "digest": first[0], "findings": 3, "role": "dpo", "decision": "agree",
        "remark": "", "said_by": "Ho Mei", "browser": b"Ho Mei", "at": AT,
    }  # fmt: skip
    with store.transaction() as transaction:
        standing.record_sign_off(transaction, said)
        standing.record_sign_off(transaction, {**said, "decision": "refuse", "remark": "no"})
        assert [row.decision for row in standing.sign_offs(transaction.connection)] == ["refuse"]
    assert set(first_found(store, ids)) == set(ids)


def test_what_is_due_and_missing_is_counted_by_source(store: Store) -> None:
    said = frame(store, Table.DISPOSITIONS)
    days = sorted(day for day in said["due_on"] if day)
    today, until = days[len(days) // 3], days[2 * len(days) // 3]
    waits = said[said["outcome"].isin(["due", "not_yet_due"]) & (said["due_on"] != "") & (said["due_on"] <= until)]
    found = due_by_source(store, audit_of(store), today, until)
    assert found and {
        source: (one.overdue, one.soon, one.earliest) for source, one in found.items()
    } == {
        source: ((rows["due_on"] < today).sum(), (rows["due_on"] >= today).sum(), rows["due_on"].min())
        for source, rows in waits.groupby("source")
    }  # fmt: skip
    undecided = said[(said["outcome"] == "cannot_decide") & (said["missing_facts"] != "")]
    missing = missing_by_source(store, audit_of(store))
    assert sum(count for _, _, count in missing) == len(undecided)
    assert {", ".join(facts) for _, facts, _ in missing} == set(undecided["missing_facts"])


def test_copies_under_a_folder_are_those_of_the_table(store: Store) -> None:
    held = frame(store, Table.HOLDINGS)
    held = held[(held["cluster_id"] != "") & ~held["path"].str.contains("!/")]
    source = held["source"].iloc[0]
    mine = held[held["source"] == source]
    folder = mine["path"].iloc[0].split("/")[0]
    for below in ("", folder, folder[:-1]):
        inside = mine if not below else mine[mine["path"].str.startswith(below + "/")]
        found = keeping.copies_under(store, source, below)
        assert sorted(row.cluster_id for row in found) == sorted(inside["cluster_id"])
    masters = {row.master_id for row in keeping.copies_under(store, source, "")}
    assert set(keeping.places_of_holdings(store, sorted(masters))) <= masters
    assert keeping.clusters_judged(store) <= set(held["cluster_id"])


def test_metadata_and_filters_are_kept_and_let_go(store: Store) -> None:
    with store.transaction() as transaction:
        said = {"kept_by": "Ho Mei", "role": "dpo", "reason": "", "at": AT}
        keeping.keep_metadata(transaction, b"1" * 32, {"caption": ["海港 \x00"]}, **said)
        filters.save_filter(transaction, "Ho Mei", "mine", "rule=A")
        filters.save_filter(transaction, "Ho Mei", "mine", "rule=B")
        assert filters.count_filters(transaction, "Ho Mei") == 1
    (kept,) = keeping.kept_with(store, [b"1" * 32])
    assert "海港" in kept.document and keeping.kept_with(store, [b"2" * 32]) == []
    assert filters.filters_of(store, "Ho Mei") == {"mine": "rule=B"} and filters.filters_of(store, "Wong") == {}
    with store.transaction() as transaction:
        assert keeping.let_go(transaction, kept.id, by="Ho Mei", at=LATER)
        assert not keeping.let_go(transaction, kept.id, by="Ho Mei", at=LATER)
        filters.drop_filter(transaction, "Ho Mei", "mine")
    assert keeping.kept_with(store) == [] and filters.filters_of(store, "Ho Mei") == {}
