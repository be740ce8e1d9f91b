"""An audit as the catalogue would hand it over, in memory: three sources, clusters across them, people, findings."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pandas as pd
from PIL import Image, ImageDraw

from pdpo_audit.model.audits import AuditHeader, DetectorRecord, RuleText, SourceRecord
from pdpo_audit.model.findings import PackIdentity
from pdpo_audit.model.tables import COLUMNS, Table

ON = date(2026, 11, 20)
START = datetime(2026, 11, 20, 1, 12, 5, tzinfo=UTC)

SOURCES = (
    SourceRecord(
        name="studio-nas",
        uri="smb://nas/campaigns",
        owner="Creative Services",
        jurisdiction="HK",
        city="Hong Kong",
        purpose="campaign production",
        record_class="campaign_portrait",
        cost_hkd_per_gb_month=0.20,
    ),
    SourceRecord(
        name="shenzhen-partner",
        uri="s3://partner-share",
        owner="Partner Management",
        jurisdiction="CN-GD",
        city="Shenzhen",
        vendor="Bright River Retouching Ltd",
        contract="MSA-2024-017",
        transfer_basis="gba_standard_contract",
        purpose="retouching",
        purpose_ended_on=date(2025, 12, 31),
        external_facing=True,
        exclude=("**/.trash/**",),
    ),
    SourceRecord(name="hr-archive", uri="smb://files/hr", owner="Human Resources", jurisdiction="HK", city="Hong Kong"),
)

RULES = (
    RuleText(
        rule="CORE-01",
        pack="hk-core-pdpo",
        title={"en": "No purpose recorded", "zh-Hant": "沒有記錄目的"},
        sentence={
            "en": "A picture of a recognisable person is held with no recorded purpose: review within 90 days.",
            "zh-Hant": "持有可辨認人士的影像而沒有記錄任何目的：須於90日內覆核。",
        },
        authority="PDPO DPP2(2), s.26(1)",
        authority_rank="ordinance",
        confidence="found",
        legal_review="not legally reviewed",
        severity="major",
    ),
    RuleText(
        rule="CORE-02",
        pack="hk-core-pdpo",
        title={"en": "Additional copies in use", "zh-Hant": "使用中的額外副本"},
        sentence={
            "en": "The purpose is alive and the picture is held more than once: security exposure.",
            "zh-Hant": "目的仍然存在，而同一影像有多於一個副本：構成保安風險。",
        },
        authority="PDPO DPP4(1)",
        authority_rank="ordinance",
        confidence="found",
        legal_review="not legally reviewed",
        severity="observation",
    ),
    RuleText(
        rule="HR-02",
        pack="hk-hr",
        title={"en": "Former employee images", "zh-Hant": "前僱員影像"},
        sentence={
            "en": "Pictures of former employees are kept up to 7 years from the day employment ceased.",
            "zh-Hant": "前僱員的影像由僱傭關係終止當日起計最多保留7年。",
        },
        authority="PCPD Code of Practice on Human Resource Management; DPP2(2)",
        authority_rank="code_of_practice",
        confidence="found",
        legal_review="reviewed by Lee & Partners on 2026-05-01",
        severity="major",
    ),
    RuleText(
        rule="CAMP-01",
        pack="hk-core-pdpo",
        title={"en": "Release expired", "zh-Hant": "授權書已屆滿"},
        sentence={
            "en": "The model release of the person shown has ended: stop use, then erase.",
            "zh-Hant": "影像中人士的肖像使用同意書已經屆滿：先停止使用，然後刪除。",
        },
        authority="Model release; PDPO DPP3(1)",
        authority_rank="contract",
        confidence="judgement",
        legal_review="not legally reviewed",
        severity="critical",
    ),
)


def header(**changes: object) -> AuditHeader:
    """The example's header; keywords replace fields."""
    fields: dict[str, object] = {
        "audit_id": "2026-11-20-a1b2c3",
        "tool": "pdpo-audit",
        "version": "0.1.0",
        "organisation": "Harbour Light Agency Ltd",
        "organisation_zh": "海港光影廣告有限公司",
        "authorised_by": "General Counsel",
        "purpose": "data minimisation review 2026",
        "pia_reference": "PIA-2026-03",
        "roles": {"dpo": "Chan Tai Man", "legal": "Wong Siu Ling", "compliance": "", "communications": ""},
        "started_at": START,
        "finished_at": START + timedelta(minutes=42),
        "assessed_on": ON,
        "sources": SOURCES,
        "packs": (
            PackIdentity(
                name="hk-core-pdpo",
                version="1.0.0",
                sha256="5f" * 32,
                title={"en": "Hong Kong core rules", "zh-Hant": "香港核心規則"},
                legal_review="not legally reviewed",
            ),
            PackIdentity(
                name="hk-hr",
                version="1.1.0",
                sha256="a7" * 32,
                title={"en": "Human resources", "zh-Hant": "人力資源"},
                legal_review="reviewed by Lee & Partners on 2026-05-01",
            ),
        ),
        "rules": RULES,
        "methods": {"fingerprints": "dct256/1", "people": "centerface/1.5.0", "similarity": "near/1"},
        "detector": DetectorRecord(
            name="centerface",
            version="1.5.0",
            weights_sha256="77" * 32,
            recall={"16-31": 0.71, "32-63": 0.93, "64 and more": 0.98},
            measured_on="a public test set of 2,000 pictures",
        ),
        "assumptions": ("Files without a readable capture date count from the day they were first seen.",),
        "settings_sha256": "3c" * 32,
        "event_head": "9d" * 32,
        "event_count": 5,
        "seal": {
            "subject": "O=Harbour Light Agency Ltd, CN=Report seal",
            "serial": "4a3b2c1d",
            "sha256": "be" * 32,
            "self_signed": "yes",
        },
        "host": "audit-01",
        "operator": "records office",
        "required_sign_offs": ("legal", "compliance", "communications", "dpo"),
    }
    return AuditHeader(**(fields | changes))  # type: ignore[arg-type]  # keyword fields as the test states them


class MemoryTables:
    """A ``TableSource`` over lists of rows, handed out in small chunks so that every seam between chunks is met."""

    def __init__(self, rows: dict[Table, list[dict[str, object]]], pictures: dict[str, bytes]) -> None:
        self.rows = rows
        self.pictures = pictures
        self.most = 7

    def chunks(self, table: Table, rows: int = 50_000) -> Iterator[pd.DataFrame]:
        """The rows of ``table``, never more than ``most`` at a time."""
        everything, size = self.rows.get(table, []), min(rows, self.most)
        for start in range(0, max(len(everything), 1), size):
            yield pd.DataFrame(everything[start : start + size], columns=list(COLUMNS[table]))

    def picture(self, cluster_id: str) -> bytes:
        """The cluster's picture, or nothing."""
        return self.pictures.get(cluster_id, b"")


def picture(seed: int, edge: int = 200) -> bytes:
    """A pixelated head and shoulders, as a JPEG."""
    tone = (90 + seed * 37 % 120, 100 + seed * 53 % 110, 120 + seed * 71 % 100)
    image = Image.new("RGB", (edge, edge * 3 // 4), tone)
    draw = ImageDraw.Draw(image)
    draw.ellipse((70, 25, 130, 100), fill=(214, 180, 160))
    draw.rectangle((50, 100, 150, 150), fill=(60, 70, 100))
    small = image.resize((25, 19)).resize(image.size, Image.Resampling.NEAREST)
    stream = io.BytesIO()
    small.save(stream, "JPEG", quality=70)
    return stream.getvalue()


def digest(*parts: object) -> str:
    """A stable stand-in for a content digest."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


_PATHS = {
    "studio-nas": "2023-summer/selects/DSC_{n:04d}.jpg",
    "shenzhen-partner": "incoming/2023/DSC_{n:04d}_retouch.jpg",
    "hr-archive": "leavers/2017/{n:04d}/badge.jpg",
}
_LEVELS = ("P2", "P0", "P3", "P1", "P2", "unknown")
_RELATIONS = ("recompressed", "byte-identical", "resized", "cropped", "metadata-only")


def holding(source: SourceRecord, number: int, **changes: object) -> dict[str, object]:
    """One row of ``holdings``; keywords replace columns."""
    level = _LEVELS[number % len(_LEVELS)]
    row: dict[str, object] = {
        "source": source.name,
        "path": _PATHS[source.name].format(n=number),
        "bytes": 2_400_000 + number * 1_031,
        "sha256": digest(source.name, number),
        "format": "JPEG",
        "width": 4000,
        "height": 3000,
        "modified": "2023-07-02T10:00:00Z",
        "captured": "2023-07-01",
        "cluster_id": "",
        "relation": "",
        "similarity": None,
        "is_master": False,
        "people_level": level,
        "sensitivity": "not looked for",
        "faces": {"P2": 1, "P3": 2, "P1": 7}.get(level, 0),
        "largest_face_px": 220 if level in ("P2", "P3") else None,
        "owner": source.owner,
        "jurisdiction": source.jurisdiction,
        "skipped_reason": "",
        "phash": "",
        "first_seen": "2026-11-20",
    }
    return row | changes


def _clustered(cluster: int) -> list[dict[str, object]]:
    """A picture held by all three sources, the studio's as master."""
    level = _LEVELS[cluster % len(_LEVELS)]
    name = f"dc-{cluster:05d}"
    rows = []
    for place, source in enumerate(SOURCES):
        relation = "master" if place == 0 else _RELATIONS[(cluster + place) % len(_RELATIONS)]
        sensitivity = "child" if cluster == 4 else "not looked for"
        rows.append(
            holding(
                source,
                cluster,
                cluster_id=name,
                relation=relation,
                similarity=1.0 if place == 0 else 0.97,
                is_master=place == 0,
                people_level=level,
                sensitivity=sensitivity,
                faces={"P2": 1, "P3": 2, "P1": 7}.get(level, 0),
            )
        )
    return rows


def _cluster_row(rows: list[dict[str, object]]) -> dict[str, object]:
    master = next(row for row in rows if row["is_master"])
    sizes = [int(str(row["bytes"])) for row in rows]
    return {
        "cluster_id": master["cluster_id"],
        "copies": len(rows),
        "sources": ";".join(sorted({str(row["source"]) for row in rows})),
        "jurisdictions": ";".join(sorted({str(row["jurisdiction"]) for row in rows})),
        "bytes": sum(sizes),
        "additional_bytes": sum(sizes) - int(str(master["bytes"])),
        "master_source": master["source"],
        "master_path": master["path"],
        "master_reason": "4000 x 3000 pixels, JPEG quality 92, taken 2023-07-01, in a preferred source",
        "master_status": "proposed",
        "confirmed_by": "",
        "people_level": master["people_level"],
        "faces": master["faces"],
        "first_seen": "2026-11-20",
        "oldest": "2023-07-01",
        "newest": "2023-07-01",
        "people_reason": "largest face 220 px high",
        "contradictions": "caption;rights" if str(master["cluster_id"]).endswith("3") else "",
    }


_DUE = {"CORE-01": "2026-12-01", "HR-02": "2024-06-30", "CAMP-01": "2026-11-20", "CORE-02": ""}
_PROPOSALS = {
    "CORE-01": "record_purpose_or_erase",
    "HR-02": "erase_all_copies",
    "CAMP-01": "erase_this_copy",
    "CORE-02": "keep_one_master",
}


def finding(row: dict[str, object], rule: RuleText, **changes: object) -> dict[str, object]:
    """What ``rule`` says of one holding; keywords replace columns."""
    pack_sha256 = "5f" * 32 if rule.pack == "hk-core-pdpo" else "a7" * 32
    found: dict[str, object] = {
        "finding_id": "F-" + digest(row["source"], row["path"], rule.rule)[:10],
        "rule": rule.rule,
        "pack": rule.pack,
        "pack_version": "1.0.0",
        "pack_sha256": pack_sha256,
        "severity": rule.severity,
        "proposal": _PROPOSALS[rule.rule],
        "counted_from": "employment.ended_on" if rule.rule == "HR-02" else "file.first_seen_on",
        "due_on": _DUE[rule.rule],
        "cluster_id": row["cluster_id"],
        "source": row["source"],
        "path": row["path"],
        "owner": row["owner"],
        "jurisdiction": row["jurisdiction"],
        "authority": rule.authority,
        "authority_rank": rule.authority_rank,
        "confidence": rule.confidence,
        "people_level": row["people_level"],
        "status": "open",
        "determination": "",
        "explanation": f"{rule.title['en']}: {rule.sentence['en']}",
        "explanation_zh": f"{rule.title['zh-Hant']}：{rule.sentence['zh-Hant']}",
        "authority_zh": rule.authority_zh,
    }
    return found | changes


def _findings(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    core_1, core_2, hr_2, campaign_1 = RULES
    found = []
    for row in rows:
        if row["people_level"] not in ("P2", "P3"):
            continue
        if row["source"] == "hr-archive":
            found.append(finding(row, hr_2))
            found.append(finding(row, core_1))
        elif row["source"] == "shenzhen-partner":
            found.append(finding(row, campaign_1))
        elif row["cluster_id"]:
            found.append(finding(row, core_2))
    return found


def _dispositions(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    made = []
    for place, row in enumerate(rows):
        people = row["people_level"] in ("P2", "P3")
        outcome, act, due, rules, missing = "no_rule", "", "", "", ""
        if people and row["source"] == "hr-archive":
            outcome, act, due, rules = "due", "erase", "2024-06-30", "HR-02, CORE-01"
        elif people and row["source"] == "shenzhen-partner":
            outcome, due, rules = ("on_hold", "", "CAMP-01") if place % 5 == 0 else ("due", "2026-11-20", "CAMP-01")
            act = "" if outcome == "on_hold" else "take_down" if place % 4 == 1 else "erase"
        elif row["people_level"] == "unknown":
            outcome, rules, missing = "cannot_decide", "CORE-01", "people_level, campaign.ended_on"
        elif row["source"] == "studio-nas" and people:
            outcome, due, rules = "not_yet_due", "2027-03-31", "CORE-02"
        made.append(
            {
                "source": row["source"],
                "path": row["path"],
                "outcome": outcome,
                "act": act,
                "due_on": due,
                "due_rule": rules.split(", ")[0] if due else "",
                "due_rank": ("code_of_practice" if "HR" in rules else "organisation_policy") if due else "",
                "rules": rules,
                "missing_facts": missing,
                "explanation": f"outcome {outcome}",
                "explanation_zh": f"結果{outcome}",
            }
        )
    return made


def _right(row: dict[str, object], number: int) -> dict[str, object]:
    """What is known of the rights of one holding: a licence that ended, one that ends soon, a consent, a minor."""
    ends = ("2025-03-31", "2026-12-31", "", "2030-01-01")[number // 4 % 4]
    return {name: row[name] for name in ("source", "path", "owner", "cluster_id", "is_master", "people_level")} | {
        "artist": "Lam Ka Yan",
        "credit": "Peak Pictures",
        "rights": "© 2023 Peak Pictures Ltd" if number % 8 == 0 else "",
        "usage_terms": "Hong Kong outdoor, 12 months",
        "model_release": "http://ns.useplus.org/ldf/vocab/MR-LMR" if number % 3 == 0 else "",
        "property_release": "",
        "minor_age": "AG-A16" if number == 8 else "",
        "licence_ends_on": ends,
        "licence_reference": f"LIC-{number:03d}",
        "registered_licence_ends_on": "",
        "consent_expires_on": "2026-11-20" if number == 12 else "",
        "consent_withdrawn_on": "",
    }


def _events() -> list[dict[str, object]]:
    kinds = ("audit_started", "scan_finished", "clusters_grouped", "people_finished", "assessed")
    return [
        {
            "sequence": place + 1,
            "at": (START + timedelta(minutes=place * 9)).isoformat(),
            "actor": "pdpo-audit",
            "kind": kind,
            "details": "{}",
            "previous": digest("event", place),
            "digest": digest("event", place + 1),
        }
        for place, kind in enumerate(kinds)
    ]


def tables(clusters: int = 12, singles: int = 18) -> MemoryTables:
    """The example's tables: ``clusters`` pictures held by all three sources, ``singles`` more held once."""
    groups = [_clustered(number) for number in range(clusters)]
    alone = [holding(SOURCES[number % 3], 1000 + number) for number in range(singles)]
    rows = [row for group in groups for row in group] + alone
    skipped: list[dict[str, object]] = [
        {"source": "studio-nas", "path": "2023-summer/deck.pptx", "reason": "container_not_opened", "detail": "PPTX"},
        {"source": "studio-nas", "path": "2023-summer/broken.jpg", "reason": "truncated", "detail": "ends early"},
        {"source": "hr-archive", "path": "notes.txt", "reason": "other_file", "detail": ""},
    ]
    links = [
        {
            "left_source": "hr-archive",
            "left_path": "forms/a.png",
            "right_source": "hr-archive",
            "right_path": "forms/b.png",
            "kind": "same-layout",
            "similarity": 0.93,
        }
    ]
    return MemoryTables(
        {
            Table.HOLDINGS: rows,
            Table.CLUSTERS: [_cluster_row(group) for group in groups],
            Table.LINKS: links,
            Table.PEOPLE: [],
            Table.FINDINGS: _findings(rows),
            Table.DISPOSITIONS: _dispositions(rows),
            Table.SKIPPED: skipped,
            Table.EVENTS: _events(),
            Table.RIGHTS: [_right(row, number) for number, row in enumerate(rows) if number % 4 == 0],
            Table.DISPOSALS: [],
        },
        {f"dc-{number:05d}": picture(number) for number in range(clusters)},
    )
