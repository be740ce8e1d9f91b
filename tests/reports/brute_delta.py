"""What changed between two audits, worked out slowly and apart from the program: dictionaries and loops."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from pdpo_audit.model.reviews.deltas import AuditNamed
from pdpo_audit.reports.deltas.comparison import AuditTables

Row = Mapping[str, str]
HOLDING = ("source", "path", "bytes", "sha256", "cluster_id", "relation", "people_level", "owner")
FINDING = (
    "finding_id", "source", "path", "owner", "pack", "pack_sha256", "due_on", "status", "proposal", "determination",
    "decision_reason",
)  # fmt: skip
PROPOSALS = ("erase_additional_copies", "record_purpose_or_erase", "keep_one_master", "restrict_access", "review")
SAID = (
    ("", ""),
    ("", ""),
    ("agree", ""),
    ("disagree", "still needed"),
    ("postponed", ""),
    ("partly", "half of it"),
    ("partly", "Proposed instead: erase. Nobody needs it."),
    ("partly", "Proposed instead: mask. One face."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """An audit as lists of rows."""

    named: AuditNamed
    holdings: Sequence[Row]
    findings: Sequence[Row]
    dispositions: Sequence[Row]

    def without(self, source: str, folder: str = "") -> Audit:
        """The same audit, had this source (or this folder of it, which ends with a slash) not been declared."""
        kept = [
            [row for row in rows if row["source"] != source or not row["path"].startswith(folder)]
            for rows in (self.holdings, self.findings, self.dispositions)
        ]
        return Audit(named=self.named, holdings=kept[0], findings=kept[1], dispositions=kept[2])

    def tables(self, *passed_over: Row) -> AuditTables:
        """The same for the program, in parts of some hundred rows, with rows of the table ``skipped``."""
        return AuditTables(
            named=self.named,
            holdings=lambda: parts(self.holdings, HOLDING),
            findings=lambda: parts(self.findings, FINDING),
            dispositions=lambda: parts(self.dispositions, ("source", "path", "outcome", "act")),
            skipped=lambda: parts(passed_over, ("source", "path", "reason")),
        )


def parts(rows: Sequence[Row], columns: Sequence[str]) -> Iterator[pd.DataFrame]:
    for start in range(0, max(len(rows), 1), 700):
        yield pd.DataFrame(list(rows[start : start + 700]), columns=list(columns), dtype=object)


@dataclass(slots=True, kw_only=True)
class Told:
    """The numbers, under the names that the program gives them."""

    holdings: dict[str, int] = field(default_factory=dict)
    clusters: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    opened_by: Counter[str] = field(default_factory=Counter)
    closed_by: Counter[str] = field(default_factory=Counter)
    new_by_source: Counter[str] = field(default_factory=Counter)
    gone_by_owner: Counter[str] = field(default_factory=Counter)
    overdue: int = 0
    reopened: int = 0


def place(row: Row) -> tuple[str, str]:
    return row["source"], row["path"]


def shown(row: Row) -> bool:
    return row["people_level"] in ("P2", "P3")


def compare(
    before: Audit, now: Audit, earlier: Sequence[Audit] = (), acted: Sequence[tuple[str, str]] = ()
) -> Told:  # fmt: skip
    told = Told()
    old, new = {place(row): row for row in before.holdings}, {place(row): row for row in now.holdings}
    changed = {at for at in old.keys() & new.keys() if differs(old[at], new[at])}
    went, came = [at for at in old if at not in new], [at for at in new if at not in old]
    moved: list[tuple[tuple[str, str], tuple[str, str]]] = []
    for same_source in (True, False):
        for at in list(came):
            digest = new[at]["sha256"]
            fits = [one for one in went if old[one]["sha256"] == digest and (one[0] == at[0] or not same_source)]
            if digest and fits:
                moved.append((fits[0], at))
                went.remove(fits[0])
                came.remove(at)
    erased = [old[at] for at in went if at in put_up(before) or at in acted]
    for audit in earlier:
        up = put_up(audit) | set(acted)
        erased += [row for row in audit.holdings if place(row) in up and place(row) not in old]
    contents, clusters = {row["sha256"] for row in erased} - {""}, {row["cluster_id"] for row in erased} - {""}
    again = [at for at in came if new[at]["sha256"] in contents or new[at]["cluster_id"] in clusters]
    known = {row["sha256"] for row in before.holdings} - {""}, {row["cluster_id"] for row in before.holdings} - {""}
    told.holdings = {
        "before": len(old), "now": len(new), "changed": len(changed), "moved": len(moved), "new": len(came),
        "unchanged": len(old.keys() & new.keys()) - len(changed), "gone": len(went), "again": len(again),
        "new_of_known": sum(new[at]["sha256"] in known[0] or new[at]["cluster_id"] in known[1] for at in came),
        "bytes_new": sum(int(new[at]["bytes"]) for at in came), "bytes_gone": sum(int(old[at]["bytes"]) for at in went),
    }  # fmt: skip
    told.new_by_source = Counter(at[0] for at in came)
    told.gone_by_owner = Counter(old[at]["owner"] for at in went)
    told.clusters, told.people = of_clusters(before, now), of_people(before, now)
    left = {old[at]["cluster_id"] for at in [*went, *(one for one, _ in moved), *changed]} - {""}
    joined = {new[at]["cluster_id"] for at in [*came, *(one for _, one in moved), *changed]} - {""}
    of_findings(told, before, now, set(old.keys() & new.keys()) - changed, left, joined)
    ever = {row["finding_id"] for audit in earlier for row in audit.findings}
    had = {row["finding_id"] for row in before.findings}
    told.reopened = sum(row["finding_id"] in ever and row["finding_id"] not in had for row in now.findings)
    return told


def differs(left: Row, right: Row) -> bool:
    if left["sha256"] and right["sha256"]:
        return left["sha256"] != right["sha256"]
    return left["bytes"] != right["bytes"]


def put_up(audit: Audit) -> set[tuple[str, str]]:
    """A person's word counts before what rules and the ladder propose."""
    found = {place(row) for row in audit.dispositions if row["outcome"] == "due" and row["act"] in ("erase", "")}
    stays = set()
    for row in audit.findings:
        said, reason = row["determination"], row["decision_reason"]
        other = said == "partly" and reason.startswith("Proposed instead: ")
        if said == "disagree" or (other and "instead: erase." not in reason):
            stays.add(place(row))
        elif other or "erase" in row["proposal"] or (row["proposal"], said) == ("keep_one_master", "agree"):
            found.add(place(row))
    return found - stays


def of_clusters(before: Audit, now: Audit) -> dict[str, int]:
    old, new = (Counter(row["cluster_id"] for row in audit.holdings if row["cluster_id"]) for audit in (before, now))
    first: list[dict[str, str]] = []
    for audit in (before, now):
        of: dict[str, str] = {}
        for row in audit.holdings:
            of.setdefault(row["sha256"], row["cluster_id"])
        first.append(of)
    into, out_of = defaultdict(set), defaultdict(set)
    for digest in first[0].keys() & first[1].keys() - {""}:
        left, right = first[0][digest], first[1][digest]
        if left and right:
            into[left].add(right)
            out_of[right].add(left)
    both = old.keys() & new.keys()
    return {
        "before": len(old), "now": len(new), "born": len(new.keys() - old.keys()),
        "ended": len(old.keys() - new.keys()),
        "grew": sum(new[one] > old[one] for one in both), "shrank": sum(new[one] < old[one] for one in both),
        "split": sum(len(many) > 1 for many in into.values()), "joined": sum(len(many) > 1 for many in out_of.values()),
    }  # fmt: skip


def of_people(before: Audit, now: Audit) -> dict[str, int]:
    def picture(row: Row) -> str:
        return row["cluster_id"] or row["sha256"] or f"{row['source']}/{row['path']}"

    old = {picture(row) for row in before.holdings if shown(row)}
    new = {picture(row) for row in now.holdings if shown(row)}
    contents = {row["sha256"] for row in before.holdings if shown(row)} - {""}
    known = {picture(row) for row in now.holdings if shown(row) and (picture(row) in old or row["sha256"] in contents)}
    held_pictures = {picture(row) for row in before.holdings}
    held_contents = {row["sha256"] for row in before.holdings} - {""}
    held = {picture(row) for row in now.holdings if picture(row) in held_pictures or row["sha256"] in held_contents}
    newly = new - known
    return {
        "before": len(old), "now": len(new), "newly": len(newly), "newly_in_known": len(newly & held),
        "no_longer": len(old) + len(newly) - len(new),
    }  # fmt: skip


def of_findings(
    told: Told, before: Audit, now: Audit, stayed: set[tuple[str, str]], left: set[str], joined: set[str]
) -> None:
    old, new = {place(row): row for row in before.holdings}, {place(row): row for row in now.holdings}
    sizes = [Counter(row["cluster_id"] for row in audit.holdings) for audit in (before, now)]

    def size(number: int, row: Row) -> int:
        return sizes[number][row["cluster_id"]] if row["cluster_id"] else 1

    def cause(row: Row, other: Audit, came_due: bool) -> str:
        at = place(row)
        if row["path"] and at not in stayed:
            return "library"
        if (row["pack"], row["pack_sha256"]) not in other.named.packs:
            return "rules"
        if at in stayed:
            was, is_now = old[at], new[at]
            otherwise = (was["relation"], was["people_level"]) != (is_now["relation"], is_now["people_level"])
            otherwise = otherwise or size(0, was) != size(1, is_now)
            touched = was["cluster_id"] in left or is_now["cluster_id"] in joined
            if otherwise and not touched and before.named.methods != now.named.methods:
                return "method"
            if otherwise and touched:
                return "library"
        return "time" if came_due else "facts"

    had, has = {row["finding_id"] for row in before.findings}, {row["finding_id"] for row in now.findings}
    days = before.named.assessed_on, now.named.assessed_on
    for row in now.findings:
        if row["finding_id"] not in had:
            told.opened_by[cause(row, before, days[0] < row["due_on"] <= days[1])] += 1
        told.overdue += row["status"] == "open" and "" < row["due_on"] < days[1]
    for row in before.findings:
        if row["finding_id"] not in has:
            told.closed_by[cause(row, now, False)] += 1


def random_audits(seed: int, size: int, audits: int) -> list[Audit]:
    """Audits of a library that people copy, move, edit and erase in, under rules and methods that change."""
    chance = random.Random(seed)
    library: dict[tuple[str, str], dict[str, str]] = {}
    made = []
    versions, packs = 1, {"core": "1", "campaign": "1"}
    for number in range(audits):
        for _ in range(size if not library else size // 3):
            stir(chance, library, size)
        versions += chance.random() < 0.4
        if chance.random() < 0.5:
            packs = {**packs, chance.choice(("core", "campaign", "cctv")): str(number)}
        made.append(freeze(chance, library, number, versions, packs))
    return made


def stir(chance: random.Random, library: dict[tuple[str, str], dict[str, str]], size: int) -> None:
    source, digest = chance.choice(("nas", "hr", "=web")), f"{chance.randrange(size):064x}"
    at = source, f"{chance.randrange(20)}/{chance.randrange(size)}.jpg"
    held = list(library)
    what = chance.random()
    if what < 0.5 or not held:
        library[at] = {"sha256": digest if chance.random() < 0.95 else "", "bytes": str(chance.randrange(1000))}
    elif what < 0.65:
        library.pop(chance.choice(held))
    elif what < 0.8:
        library[at] = library.pop(chance.choice(held))
    elif what < 0.95:
        library[at] = dict(library[chance.choice(held)])
    else:
        library[chance.choice(held)] = {"sha256": digest, "bytes": "7"}


def freeze(
    chance: random.Random, library: Mapping[tuple[str, str], Mapping[str, str]], number: int, version: int,
    packs: Mapping[str, str],
) -> Audit:  # fmt: skip
    day = f"{2026 + number}-06-30"
    people = random.Random(number)
    groups = defaultdict(list)
    for at, one in sorted(library.items()):
        key = int(one["sha256"] or "0", 16) % 40
        if one["sha256"] and key < 25 + version % 3:
            groups[f"C{key}-{version if key == 3 else 0}"].append(at)
    clusters = {at: name for name, members in groups.items() if len(members) > 1 for at in members}
    holdings, findings, dispositions = [], [], []
    for at, one in sorted(library.items()):
        digest = int(one["sha256"] or "0", 16)
        level = f"P{(digest + version * (digest % 11 == 0)) % 4}" if digest else "unknown"
        row = {
            "source": at[0], "path": at[1], **one, "cluster_id": clusters.get(at, ""), "relation": "",
            "people_level": level, "owner": f"owner of {at[0]}",
        }  # fmt: skip
        holdings.append(row)
        due = level in ("P2", "P3") and chance.random() < 0.4
        dispositions.append(
            {
                "source": at[0],
                "path": at[1],
                "outcome": "due" if due else "flag",
                "act": people.choice(("erase", "review")) if due else "",
            }
        )
        for pack, sha in packs.items():
            if due or chance.random() < 0.2:
                said, reason = people.choice(SAID)
                findings.append({
                    "proposal": people.choice(PROPOSALS), "determination": said, "decision_reason": reason,
                    "finding_id": f"{pack}-{at}-{digest}", "source": at[0], "path": at[1], "owner": row["owner"],
                    "pack": pack, "pack_sha256": sha, "due_on": chance.choice(("", "2026-12-31", "2027-12-31", day)),
                    "status": chance.choice(("open", "open", "decided")),
                })  # fmt: skip
    findings += [
        {
            "finding_id": f"core-{source}", "source": source, "path": "", "owner": "", "pack": "core",
            "pack_sha256": packs["core"], "due_on": "", "status": "open", "proposal": "", "determination": "",
            "decision_reason": "",
        }
        for source in ("nas", "hr") if chance.random() < 0.5
    ]  # fmt: skip
    named = AuditNamed(
        audit_id=f"A{number}", assessed_on=day, methods={"people": str(version)}, packs=tuple(packs.items())
    )
    return Audit(named=named, holdings=holdings, findings=findings, dispositions=dispositions)
