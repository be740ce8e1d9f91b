"""The numbers of a report counted again, from the exported tables alone: written apart from the program, whose code it
never calls. What it needs to know of words (levels, relations, outcomes) it spells out itself."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

Row = dict[str, str]
_RISING = ("P0", "unknown", "P1", "P2", "P3")
_OPEN = ("on_hold", "conflict", "must_keep", "due", "cannot_decide", "not_yet_due", "flag", "no_rule")


def read(folder: Path, table: str) -> list[Row]:
    """The rows of ``table.csv`` as they were exported."""
    with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def recount(folder: Path) -> dict[str, int]:
    """Every number that page 2, ``status`` and the workbook's summary have in common, by a plain name."""
    holdings, skipped = read(folder, "holdings"), read(folder, "skipped")
    groups: dict[str, list[Row]] = {}
    for row in holdings:
        groups.setdefault(row["cluster_id"] or f"alone\0{row['source']}\0{row['path']}", []).append(row)
    clusters = [rows for key, rows in groups.items() if not key.startswith("alone\0")]
    counted = {
        "copies": len(holdings),
        "pictures": len(groups),
        "clusters": len(clusters),
        "additional": sum(len(rows) - 1 for rows in clusters),
        "bytes": sum(int(row["bytes"]) for row in holdings),
        "skipped": sum(row["reason"] != "sidecar" for row in skipped),
        "sidecars": sum(row["reason"] == "sidecar" for row in skipped),
        "children": sum("child" in row["sensitivity"].split(",") for row in holdings),
        "identity": sum("identity_document" in row["sensitivity"].split(",") for row in holdings),
        "unlooked": sum(row["sensitivity"] == "not looked for" for row in holdings),
        "abroad": sum(row["jurisdiction"] not in ("", "HK") for row in holdings),
        "placeless": sum(not row["jurisdiction"] for row in holdings),
        "doubtful": sum(bool(row["captured_doubt"]) for row in holdings),
    }
    counted["abroad recognisable"] = sum(
        row["jurisdiction"] not in ("", "HK") and row["people_level"] in ("P2", "P3") for row in holdings
    )
    return counted | _people(holdings, groups) | _results(folder) | _asked(folder, holdings)


def _asked(folder: Path, holdings: list[Row]) -> dict[str, int]:
    """What is due by its act, and what each owner decides (``owner NAME``: due, ``facts NAME``: missing facts,
    ``finds NAME``: findings for action without a decision)."""
    owners = {(row["source"], row["path"]): row["owner"] for row in holdings}
    found: Counter[str] = Counter()
    for row in read(folder, "dispositions"):
        owner = owners[row["source"], row["path"]]
        if row["outcome"] == "due":
            found[f"act {row['act']}"] += 1
            found[f"owner {owner}"] += 1
        elif row["outcome"] == "cannot_decide":
            found[f"facts {owner}"] += 1
    for row in read(folder, "findings"):
        if row["severity"] != "observation" and row["determination"] in ("", "postponed"):
            found[f"finds {row['owner']}"] += 1
    return dict(found)


def _people(holdings: list[Row], groups: Mapping[str, list[Row]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for row in holdings:
        found[f"{row['people_level']} own"] += 1
    for rows in groups.values():
        level = max((row["people_level"] for row in rows), key=_RISING.index)
        found[f"{level} pictures"] += 1
        found[f"{level} copies"] += len(rows)
    return {f"{level} {what}": found[f"{level} {what}"] for level in _RISING for what in ("own", "pictures", "copies")}


def _results(folder: Path) -> dict[str, int]:
    outcomes = Counter(row["outcome"] for row in read(folder, "dispositions"))
    findings = read(folder, "findings")
    severities = Counter(row["severity"] for row in findings)
    return {
        **{outcome: outcomes[outcome] for outcome in _OPEN},
        "findings": len(findings),
        "critical": severities["critical"],
        "decided": sum(row["status"] == "decided" for row in findings),
        "action": sum(row["determination"] != "disagree" and row["severity"] != "observation" for row in findings),
    }
