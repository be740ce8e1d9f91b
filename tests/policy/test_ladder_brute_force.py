"""The engine against an independent, brute-force reading of the ladder."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pdpo_audit.model.findings import Hold
from pdpo_audit.policy.judging.evaluation import evaluate
from pdpo_audit.policy.packs.folders import load_pack
from tests.policy.brute_force import ACTS, BruteRule, due_of, outcome
from tests.policy.packs_of_ours import AUTHORITY, HOUSE, SUGGESTED, rule, write_pack

#: 10,000 by hand (`LADDER_EXAMPLES=10000`), fewer in every run of the suite.
EXAMPLES = int(os.environ.get("LADDER_EXAMPLES", "150"))
ON = date(2026, 2, 28)

days = st.one_of(
    st.sampled_from(
        [ON, ON + timedelta(1), ON - timedelta(1), date(2024, 2, 29), date(2025, 8, 31), date(2025, 2, 28)]
    ),
    st.dates(date(2019, 1, 1), date(2028, 12, 31)),
)
maybe_day = st.one_of(st.none(), days)

FACTS: dict[str, st.SearchStrategy[Any]] = {
    "people.level": st.sampled_from([None, "P0", "P1", "P2", "P3"]),
    "record.class": st.sampled_from([None, "cctv_recording", "staff_profile"]),
    "location.jurisdiction": st.sampled_from([None, "HK", "CN"]),
    "duplicate.is_master": st.sampled_from([None, True, False]),
    "duplicate.relation": st.sampled_from([None, "byte-identical", "resized"]),
    "duplicate.master_record_class": st.sampled_from([None, "cctv_recording"]),
    "campaign.ended_on": maybe_day,
    "consent.expires_on": maybe_day,
    "consent.withdrawn_on": st.one_of(st.none(), st.none(), days),
    "record.purpose_ended_on": st.one_of(st.none(), st.none(), days),
    "image.captured_on": maybe_day,
    "file.first_seen_on": maybe_day,
    "record.purpose": st.sampled_from([None, "campaign"]),
    "record.continuing_purpose": st.sampled_from([None, None, "arbitration"]),
    "record.continuing_purpose_ends_on": maybe_day,
}  # fmt: skip

tests = st.one_of(
    st.tuples(st.just("test"), st.just("people.level"), st.sampled_from(["is at least", "is"]), st.just("P2")),
    st.tuples(st.just("test"), st.just("record.class"), st.sampled_from(["is", "is not"]), st.just("cctv_recording")),
    st.tuples(st.just("test"), st.just("location.jurisdiction"), st.just("is not"), st.just("HK")),
    st.tuples(st.just("test"), st.just("duplicate.is_master"), st.just("is"), st.just(False)),
    st.tuples(
        st.just("test"),
        st.sampled_from(["record.purpose", "campaign.ended_on"]),
        st.sampled_from(["recorded", "not recorded"]),
        st.none(),
    ),
    st.tuples(
        st.just("test"),
        st.sampled_from(["record.purpose_ended_on", "campaign.ended_on"]),
        st.just("is on or before"),
        st.just("today"),
    ),
)
conditions = st.recursive(
    tests,
    lambda inner: st.tuples(st.sampled_from(["all", "any", "none"]), st.lists(inner, min_size=1, max_size=3)),
    max_leaves=5,
)
groups = st.tuples(st.sampled_from(["all", "any", "none"]), st.lists(conditions, min_size=1, max_size=2))

periods = st.sampled_from(["P1Y", "P6M", "P31D", "P2Y", "P0D", "P1M"])
starts = st.fixed_dictionaries(
    {"from": st.lists(st.sampled_from(["campaign.ended_on", "consent.expires_on", "consent.withdrawn_on",
                                              "image.captured_on"]),
                      min_size=1, max_size=2, unique=True)},
    optional={"choice": st.sampled_from(["earliest of", "latest of"]), "ask": st.just(True)},
)  # fmt: skip


@st.composite
def retentions(draw: st.DrawFn) -> dict[str, Any]:
    kinds = ["max", "max", "min", "both", "ends", "ends", "keep", "blocks", "needs", "review", "none"]
    kind = draw(st.sampled_from(kinds))
    found: dict[str, Any] = {}
    if kind in ("max", "both"):
        found["max"] = draw(periods)
        found["purpose"] = draw(st.sampled_from(["", "", "recruitment"]))
    if kind in ("min", "both"):
        found["min"] = draw(periods)
    if kind in ("max", "min", "both"):
        found |= draw(starts)
    if kind == "ends":
        found["ends"] = draw(st.sampled_from(["consent.withdrawn_on", "record.purpose_ended_on", "consent.expires_on"]))
    if kind == "keep":
        found["must_keep"] = True
    if kind == "blocks":
        found["conflict"] = True
    if kind == "needs":
        found["needs"] = "record.purpose"
    if kind == "review":
        found["review"] = "P90D"
    return found


@st.composite
def rules_(draw: st.DrawFn) -> BruteRule:
    exceptions: list[dict[str, Any]] = []
    if draw(st.integers(0, 2)) == 0:
        item: dict[str, Any] = {"when": draw(groups), "until": draw(days)}
        item |= {"suspend": True} if draw(st.booleans()) else {"retention": draw(retentions().filter(bool))}
        exceptions.append(item)
    retention, statutory = draw(retentions()), draw(st.booleans())
    only_keeps = ("min" in retention or "must_keep" in retention) and "max" not in retention
    act = draw(st.sampled_from(ACTS[1:] if only_keeps else ["erase", *ACTS]))
    counts = any(key in retention for key in ("max", "min", "review", "ends"))
    adopted = draw(st.sampled_from([None, True, False])) if counts and not statutory else None
    return BruteRule(draw(groups), retention, statutory=statutory, act=act, adopted=adopted, exceptions=exceptions)


def flow(condition: Any) -> str:
    """A condition as YAML in flow style."""
    if condition[0] in ("all", "any", "none"):
        return f"{{{condition[0]}: [{', '.join(flow(member) for member in condition[1])}]}}"
    _, name, operator, value = condition
    if operator in ("recorded", "not recorded"):
        return "{" + f"{name} is: {operator}" + "}"
    return "{" + f"{name} {operator}: {str(value).lower() if isinstance(value, bool) else value}" + "}"


def written(retention: dict[str, Any]) -> str:
    """A retention as YAML in flow style."""
    parts = []
    if "max" in retention:
        parts.append(f"keep_no_longer_than: {retention['max']}")
    if "min" in retention:
        parts.append(f"keep_at_least: {retention['min']}")
    if "from" in retention:
        choice = retention.get("choice", "earliest of")
        parts.append(f"counted_from: {{{choice}: [{', '.join(retention['from'])}]}}")
        parts += ["if_date_unknown: ask"] if retention.get("ask") else []
    if retention.get("purpose"):
        parts.append(f"purpose: {retention['purpose']}")
    if "ends" in retention:
        parts.append(f"ends_with: {retention['ends']}")
    if "must_keep" in retention:
        parts.append("must_keep: true")
    if "conflict" in retention:
        parts.append("conflict: true")
    if "needs" in retention:
        parts.append(f"undecided_without: {retention['needs']}")
    if "review" in retention:
        parts.append("review_after: P90D, counted_from: file.first_seen_on")
    return "{" + ", ".join(parts) + "}"


def exceptions_text(number: int, rule_: BruteRule) -> str:
    lines = []
    for item in rule_.exceptions:
        then = "suspend: true" if item.get("suspend") else f"retention: {written(item['retention'])}"
        lines.append(
            f"      - {{id: T-0{number}-X1, when: {flow(item['when'])}, {then}, reason: {{en: r, zh-Hant: r}}, "
            f"approved_by: GC, valid_until: {item['until'].isoformat()}}}\n"
        )
    return "    exceptions:\n" + "".join(lines) if lines else ""


def is_released(facts: dict[str, Any]) -> bool:
    """A byte-identical additional copy in the record class of its master."""
    return (
        facts["duplicate.is_master"] is False
        and facts["duplicate.relation"] == "byte-identical"
        and facts["record.class"] is not None
        and facts["record.class"] == facts["duplicate.master_record_class"]
    )


ADOPTED = "    adopted: {by: Board, on: 2020-01-01, reference: minutes 7}\n"
ENDED = "    adopted: {by: Board, on: 2020-01-01, until: 2025-12-31, reference: minutes 7}\n"


def text_of(number: int, item: BruteRule) -> str:
    """A rule as an author would write it; where its period is not adopted, every other time an adoption has ended."""
    standing = {None: "", True: ADOPTED, False: ENDED if number % 2 else ""}[item.adopted]
    authority = SUGGESTED if item.adopted is not None else AUTHORITY if item.statutory else HOUSE
    return rule(
        f"T-0{number}",
        flow(item.when),
        written(item.retention) if item.retention else "",
        authority=authority,
        propose="erase_this_copy" if item.act == "erase" else f"review\n    act: {item.act}",
        more=standing + exceptions_text(number, item),
    )


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    rules=st.lists(rules_(), min_size=1, max_size=4),
    holdings=st.lists(st.fixed_dictionaries(FACTS), min_size=1, max_size=6),
    held=st.booleans().flatmap(lambda first: st.booleans().map(lambda second: first and second)),
)
def test_the_engine_climbs_as_the_brute_force_reading_does(
    tmp_path: Path, rules: list[BruteRule], holdings: list[dict[str, Any]], held: bool
) -> None:
    pack = load_pack(write_pack(tmp_path, *(text_of(n, item) for n, item in enumerate(rules, 1))))
    frame = pd.DataFrame(holdings, dtype=object).assign(path=[f"{n}.jpg" for n in range(len(holdings))], source="s")
    hold = Hold(hold_id="H", kind="complaint", matter="m", issued_by="x", issuer_role="legal", starts_on=ON)
    found = evaluate([pack], frame, [hold] if held else [], on=ON).dispositions
    for facts, row in zip(holdings, found.itertuples(), strict=True):
        expected = outcome(rules, facts, ON, held=held, released=is_released(facts))
        assert row.outcome == expected, (facts, row)
        due = due_of(rules, facts, ON, released=is_released(facts)) if expected == "due" else None
        if due:
            assert (row.act, row.due_on) == (due[0], due[1].isoformat()), (facts, row)
            assert rules[int(str(row.due_rule)[3]) - 1].act == row.act
        elif expected != "due":
            assert row.act == ""
        assert bool(row.due_rank) is bool(row.due_rule)
