"""The hand-worked libraries: what they cover. Their answers were written before the rules and the engine gave them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ruamel.yaml import YAML

from pdpo_audit.model.findings import Hold
from pdpo_audit.policy.judging.conditions import Verdict
from pdpo_audit.policy.judging.constellations import Picture, constellate
from pdpo_audit.policy.judging.disposing import dispose
from pdpo_audit.policy.packs.folders import load_packs
from pdpo_audit.policy.stating.holds import select
from pdpo_audit.policy.terms.authorities import Adoption
from pdpo_audit.policy.terms.facts import IDENTITY_COLUMNS, REGISTRY
from pdpo_audit.policy.terms.identities import Who
from pdpo_audit.policy.terms.rules import Pack, Status

FOLDER = Path(__file__).parent / "hand_worked"
POLICIES = Path(__file__).parents[2] / "policies"
FILES = sorted(FOLDER.glob("*.yaml"))


def read_libraries() -> list[dict[str, Any]]:
    """Every library of every file, in the order of the files."""
    return [library for file in FILES for library in YAML(typ="safe").load(file.read_text(encoding="utf-8"))]


LIBRARIES = read_libraries()


def test_every_finding_and_every_situation_has_a_library() -> None:
    covered = {name for library in LIBRARIES for name in library["covers"]}
    assert covered >= {f"X{number}" for number in range(1, 14)} | {f"M{number}" for number in range(1, 23)}
    assert len(LIBRARIES) >= 60


def test_every_library_says_why() -> None:
    names = [library["library"] for library in LIBRARIES]
    assert len(set(names)) == len(names)
    for library in LIBRARIES:
        assert len(library["because"]) > 30, library["library"]
        assert all("outcome" in holding["expect"] for holding in library["holdings"]), library["library"]


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library["library"].replace(" ", "-"))
def test_the_program_gives_the_answers(library: dict[str, Any]) -> None:
    packs, frame = packs_of(library), frame_of(library["holdings"], library.get("every", {}))
    picture = constellate(packs, frame, select(holds_of(library), frame, library["on"]), library["on"])
    rows = dispose(picture, Who.of(frame)).to_dict("records")
    for number, (holding, row) in enumerate(zip(library["holdings"], rows, strict=True)):
        assert differences(holding["expect"], row) == {}, number
        fired, silent = spoken(picture, number, Verdict.YES), spoken(picture, number, Verdict.NO)
        assert {**fired, **holding["expect"].get("fires", {})} == fired, number
        deciding = {rule.rule_id for pack in packs for rule in pack.rules if rule.status is Status.ACTIVE}
        wrongly = set(holding["expect"].get("silent", ())) & deciding - set(silent)
        assert not wrongly, (number, wrongly)


def packs_of(library: dict[str, Any]) -> list[Pack]:
    """The packs in use and `hk-holds`, with the periods that the library's organisation adopted."""
    adopted = {
        item["rule"]: Adoption(by=item["by"], on=item["on"], reference=item["reference"], until=item.get("until"))
        for item in library.get("adopted", ())
    }
    packs = load_packs([POLICIES / name for name in dict.fromkeys(["hk-holds", *library["packs"]])])
    known = {rule.rule_id for pack in packs for rule in pack.rules}
    assert set(adopted) <= known
    return [
        replace(pack, rules=tuple(replace(rule, adoption=adopted.get(rule.rule_id)) for rule in pack.rules))
        for pack in packs
    ]


def frame_of(holdings: list[dict[str, Any]], every: dict[str, Any]) -> pd.DataFrame:
    """One row a holding, each in a source of its own, so that findings about sources do not mix."""
    blank = dict.fromkeys(IDENTITY_COLUMNS, "")
    rows = [
        {**blank, "source": f"source {n}", "path": f"{n}.jpg", **every, **holding["facts"]}
        for n, holding in enumerate(holdings)
    ]
    assert {name for row in rows for name in row} <= {*REGISTRY, *IDENTITY_COLUMNS}
    names = dict.fromkeys(name for row in rows for name in row)
    return pd.DataFrame({name: pd.Series([row.get(name) for row in rows], dtype=object) for name in names})


def holds_of(library: dict[str, Any]) -> list[Hold]:
    """A hold for each of the holdings that it selects."""
    base: dict[str, Any] = {"matter": "m", "issued_by": "GC", "issuer_role": "legal", "starts_on": date(2026, 1, 1)}
    everything = range(len(library["holdings"]))
    return [
        Hold(hold_id=f"H-{n}-{row}", kind=item["kind"], path_pattern=f"{row}.jpg", **base)
        for n, item in enumerate(library.get("holds", ()))
        for row in item.get("selects", everything)
    ]


def differences(expect: dict[str, Any], row: dict[Any, Any]) -> dict[str, tuple[str, str]]:
    """Columns whose value is not the expected one: expected, found."""
    found = {name: str(row[name]) for name in ("outcome", "act", "due_on", "due_rule", "due_rank")}
    differ = {name: (str(expect[name]), found[name]) for name in found if name in expect}
    differ = {name: pair for name, pair in differ.items() if pair[0] != pair[1]}
    if "missing" in expect:
        missing = {name for name in str(row["missing_facts"]).split(", ") if name}
        if missing != set(expect["missing"]):
            differ["missing"] = (str(expect["missing"]), str(sorted(missing)))
    return differ


def spoken(picture: Picture, number: int, verdict: Verdict) -> dict[str, str]:
    """The rules with a verdict on one holding, and their severity."""
    at = picture.unit_set[picture.row_unit[number]]
    turns = ((effect.rule, effect.turns[effect.code[at]]) for effect in picture.effects)
    return {rule.rule_id: rule.severity.value for rule, turn in turns if turn.verdict is verdict}
