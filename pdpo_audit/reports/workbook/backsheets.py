"""The workbook's short sheets after the tables: sources, residency, rules, cost, plan, sign-off, glossary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdpo_audit.reports.content import cost
from pdpo_audit.reports.content.composition import Content
from pdpo_audit.reports.words import codes as words
from pdpo_audit.reports.words.glossary import GLOSSARY
from pdpo_audit.reports.words.labels import Wording, day
from pdpo_audit.reports.workbook.changes import write_changes
from pdpo_audit.reports.workbook.pages import Page, Value, data_bar

if TYPE_CHECKING:
    from openpyxl import Workbook

MONEY = "#,##0.00"


def write_others(book: Workbook, content: Content, t: Wording) -> None:
    """Write every short sheet that follows the tables."""
    _sources(book, content, t)
    _residency(book, content, t)
    _processors(book, content, t)
    _schedule(book, content, t)
    _integrity(book, content, t)
    _holds(book, content, t)
    _exclusions(book, content, t)
    _cost(book, content, t)
    _follow_up(book, content, t)
    write_changes(book, content, t)
    _plan(book, content, t)
    _sign_off(book, content, t)
    _destruction(book, t)
    _glossary(book, t)


def _page(book: Workbook, t: Wording, name: str, titles: tuple[tuple[str, int], ...]) -> Page:
    """A sheet that is one table: frozen header, filter over all columns."""
    page = Page(book, name, [width for _, width in titles], t)
    page.sheet.freeze_panes = "A2"
    page.header([title for title, _ in titles])
    return page


#: Whether the public can see a source, as declared.
_PUBLIC = {"yes": "yes", "no": "no", "partly": "partly", "unknown": "not known"}


def _sources(book: Workbook, content: Content, t: Wording) -> None:
    page = _page(book, t, "Sources", (
        ("Rank", 7), ("Source", 20), ("Place (URI)", 34), ("Owner", 22), ("Purpose", 24), ("Purpose ended", 14),
        ("Record class", 18), ("Public-facing", 12), ("Declared", 10), ("Holdings", 12), ("Pictures", 12),
        ("Additional copies", 12), ("Recognisable (P2, P3)", 14), ("Named (P3)", 10), ("Sensitive", 10),
        ("Not examined for faces", 12), ("Critical", 9), ("Major", 9), ("Minor", 9), ("Observation", 12),
        ("Due", 12), ("On hold", 9), ("Cannot be decided", 12), ("No rule", 9), ("Skipped", 9),
    ))  # fmt: skip
    for rank, source in enumerate(content.sources, 1):
        record, grades = source.record, source.grades
        page.row((
            rank, record.name, _told(record.uri, content), record.owner or "no owner",
            record.purpose or "no purpose recorded", day(record.purpose_ended_on), record.record_class,
            _PUBLIC[record.public], "yes" if source.declared else "no", source.holdings,
            source.pictures, source.additional_copies, source.recognisable, source.named, source.sensitive,
            source.unknown_people, grades.critical, grades.major, grades.minor, grades.observation,
            source.outcomes["due"], source.outcomes["on_hold"], source.outcomes["cannot_decide"],
            source.outcomes["no_rule"], source.skipped,
        ))  # fmt: skip


def _residency(book: Workbook, content: Content, t: Wording) -> None:
    page = _page(book, t, "Transfers_Residency", (
        ("Source", 20), ("Jurisdiction", 14), ("City", 16), ("Processor (vendor)", 28), ("Contract", 22),
        ("Transfer arrangement", 28), ("Holdings", 12), ("Recognisable (P2, P3)", 14), ("Additional copies", 12),
        ("To check", 60),
    ))  # fmt: skip
    for source in content.sources:
        record = source.record
        page.row((
            record.name, record.jurisdiction or "not stated", record.city, record.vendor, record.contract,
            record.transfer_basis, source.holdings, source.recognisable, source.additional_copies,
            transfer_check(record.jurisdiction, record.vendor, record.contract, record.transfer_basis),
        ))  # fmt: skip


def _processors(book: Workbook, content: Content, t: Wording) -> None:
    page = _page(book, t, "Processors", (
        ("Source", 20), ("Processor (vendor)", 28), ("Service", 24), ("Jurisdiction", 14), ("Contract", 22),
        ("Transfer arrangement", 28), ("Holdings", 12), ("Recognisable (P2, P3)", 14),
        ("Retention and security clause, DPP2(3) and 4(2) (to fill in)", 30), ("Deletion clause (to fill in)", 20),
        ("Audit right (to fill in)", 18), ("Last audited (to fill in)", 16), ("To check", 60),
    ))  # fmt: skip
    for source in content.sources:
        record = source.record
        if record.vendor:
            page.row((
                record.name, record.vendor, record.purpose, record.jurisdiction or "not stated", record.contract,
                record.transfer_basis, source.holdings, source.recognisable, "", "", "", "",
                transfer_check(record.jurisdiction, record.vendor, record.contract, record.transfer_basis),
            ))  # fmt: skip


def _follow_up(book: Workbook, content: Content, t: Wording) -> None:
    page = _page(book, t, "FollowUp", (
        ("Source", 18), ("Path", 52), ("Owner", 22), ("Duplicate cluster", 18), ("First seen", 12),
        ("Source of the copy that is gone", 18), ("Its path", 52), ("Gone since", 12), ("Proposed in audit", 20),
    ))  # fmt: skip
    for one in content.follow_up.returned if content.follow_up else ():
        page.row((
            one.source, one.path, one.owner or "no owner", one.cluster_id, one.first_seen, one.erased_source,
            one.erased_path, one.gone_on or "came back to its place", one.proposed_in,
        ))  # fmt: skip


#: What a record of destruction states, with the width of its column (law and guidance: what, when, how, who, witness).
DESTRUCTION = (
    ("Record", 8), ("Source", 18), ("Path when erased", 52), ("SHA-256 of the file", 40), ("Bytes", 12),
    ("Duplicate cluster", 18), ('Master kept at, or "none kept"', 34), ("Rule and authority", 30),
    ("First approver, on", 22), ("Second approver, on", 22), ("Holds checked on", 14),
    ("Method: unlink, secure overwrite, crypto erase, provider's deletion, physical", 28), ("Medium", 16),
    ("Erased on", 14), ("Operator", 18), ("Witness", 18), ("Last backup ends on", 16),
    ("Result of the check", 22), ("Contractor's certificate", 18),
)  # fmt: skip
#: Lines of the destruction log that are ruled for writing in print.
EMPTY_LINES = 25


def _destruction(book: Workbook, t: Wording) -> None:
    """The form to fill in when an approved erasure is carried out; nothing was erased by the audit itself."""
    page = _page(book, t, "DestructionLog", DESTRUCTION)
    for number in range(1, EMPTY_LINES + 1):
        page.row((number, *("" for _ in DESTRUCTION[1:])))


def _told(place: str, content: Content) -> str:
    """A place or a pattern of paths; nothing of it in a distribution copy."""
    return "" if content.masked else place


def transfer_check(jurisdiction: str, vendor: str, contract: str, basis: str) -> str:
    """What is missing on where copies lie, in the report's careful words."""
    missing = []
    if not jurisdiction:
        missing.append("Jurisdiction not stated.")
    elif jurisdiction != "HK" and not basis:
        missing.append("Outside Hong Kong and no transfer arrangement recorded (s.33 is not in operation).")
    if vendor and not contract:
        missing.append("A processor holds copies and no contract is recorded (DPP2(3), DPP4(2)).")
    return " ".join(missing)


def _schedule(book: Workbook, content: Content, t: Wording) -> None:
    page = _page(book, t, "RetentionSchedule", (
        ("Rule", 14), ("Pack", 18), ("Title", 32), ("Rule in words", 70), ("Authority", 44), ("Authority rank", 22),
        ("Confidence", 18), ("Legal review", 26), ("Critical", 9), ("Major", 9), ("Minor", 9), ("Observation", 12),
    ))  # fmt: skip
    for result in content.rules:
        text, grades = result.text, result.grades
        page.row((
            result.rule, result.pack, text.title.get("en", "") if text else "",
            text.sentence.get("en", "") if text else "", result.authority,
            words.RANKS.get(result.authority_rank, result.authority_rank), text.confidence if text else "",
            text.legal_review if text else "", grades.critical, grades.major, grades.minor, grades.observation,
        ))  # fmt: skip


def _integrity(book: Workbook, content: Content, t: Wording) -> None:
    page = _page(book, t, "VersionIntegrity", (("Measure", 60), ("Number", 14), ("", 40), ("", 30)))
    found = content.integrity
    rows: tuple[tuple[str, Value], ...] = (
        ("Additional copies that show the same pixels as their master", found.exact_copies),
        ("Additional copies that differ from their master", found.altered_copies),
        ("Duplicate clusters whose copies carry different dates", found.clusters_with_dates_apart),
        ("Copies whose capture date cannot be, and starts no period", found.doubtful_dates),
        ("Masters confirmed by a named person", found.masters_confirmed),
        ("Masters proposed, not yet confirmed", found.masters_proposed),
        ("Duplicate clusters whose copies contradict each other in their metadata", found.contradicting_clusters),
        *((f"in the {words.CONTRADICTIONS.get(name, name)}", number) for name, number in found.contradictions.items()),
    )
    for row in rows:
        page.row(row)
    if content.contradicting:
        page.heading("The largest duplicate clusters that contradict themselves (all in the sheet Clusters)")
        page.header(("Duplicate cluster: master", "Copies", "Fields", "Definitive record (to fill in)"))
    for large in content.contradicting:
        fields = ", ".join(words.CONTRADICTIONS.get(name, name) for name in large.contradictions)
        page.row((f"{large.cluster_id}: {large.master_source} / {large.master_path}", large.copies, fields, ""))
    page.heading("Duplicate clusters with the most copies")
    page.header(("Duplicate cluster: master", "Copies"))
    for large in content.largest:
        page.row((f"{large.cluster_id}: {large.master_source} / {large.master_path}", large.copies))


def _holds(book: Workbook, content: Content, t: Wording) -> None:
    page = _page(book, t, "Exceptions_Holds", (
        ("Hold", 18), ("Kind", 22), ("Issued by (role)", 30), ("Starts", 12), ("Review", 12), ("Scope", 60),
    ))  # fmt: skip
    for hold in content.header.holds:
        scope = "; ".join(
            f"{name}: {value}"
            for name, value in (
                ("file", hold.sha256), ("pictures by content", len(hold.pictures)),
                ("path", _told(hold.path_pattern, content)),
                ("duplicate cluster", hold.cluster_id), ("source", hold.source),
                ("captured from", day(hold.captured_from)), ("captured until", day(hold.captured_until)),
            )
            if value
        )  # fmt: skip
        page.row((
            hold.hold_id, hold.kind.replace("_", " "), f"{hold.issued_by} ({hold.issuer_role})",
            day(hold.starts_on), day(hold.review_on), scope,
        ))  # fmt: skip
    page.gap()
    page.row(("Holdings on hold", content.urgent.on_hold))


def _exclusions(book: Workbook, content: Content, t: Wording) -> None:
    page = _page(book, t, "Exclusions", (("Source", 24), ("Paths", 60), ("Reason", 60)))
    for one in content.header.not_reached:
        reason = f"Not reached since {one.since}: {one.words()}. Nothing of that counts as examined, held or gone."
        page.row((one.source, "", reason))
    reasons = {"only": "The settings let only these paths in.", "except": "The settings leave these paths out."}
    for source, kind, pattern in content.left_out:
        page.row((source, _told(pattern, content), reasons[kind]))


def _cost(book: Workbook, content: Content, t: Wording) -> None:
    page = _page(book, t, "CostModel", (
        ("Source", 26), ("GB of additional copies", 16), ("Low, HK$ a month", 16), ("High, HK$ a month", 16),
        ("Own rate, HK$ per GB-month", 18), ("At own rate, HK$ a month", 18),
    ))  # fmt: skip
    formats = ("", "#,##0.000", MONEY, MONEY, "0.000", MONEY)
    for source in content.sources:
        page.row((
            source.record.name, source.additional_bytes / cost.BYTES_PER_GB, source.monthly_cost.low,
            source.monthly_cost.high, source.record.cost_hkd_per_gb_month, source.stated_monthly_cost,
        ), formats)  # fmt: skip
    if content.sources:
        bars = data_bar()
        page.sheet.conditional_formatting.add(f"B2:B{len(content.sources) + 1}", bars)
    page.gap()
    found = content.cost
    page.row(("All sources, HK$ a year", found.gigabytes, found.yearly.low, found.yearly.high, None,
              found.stated_yearly), formats)  # fmt: skip
    page.gap()
    page.row((
        f"Assumed: HK${found.rates.low:.2f} to HK${found.rates.high:.2f} per GB and month, 1 GB = 1,000,000,000 bytes. "
        "A published band for enterprise storage in Hong Kong, not verified independently. Retrieval, backup and "
        "staff are not in it. Additional copies cost nothing less until a person has approved their erasure.",
    ))  # fmt: skip


def _plan(book: Workbook, content: Content, t: Wording) -> None:
    page = _page(book, t, "ActionPlan", (
        ("Owner", 26), ("Due", 14), ("Conflicts to decide", 14), ("Facts missing", 14), ("On hold", 10),
        ("Due since", 14), ("Decide by", 14), ("Response (agree, partly, disagree)", 30), ("Reason", 40),
        ("Status", 14),
    ))  # fmt: skip
    for row in content.decisions:
        page.row((
            row.owner or "no owner", row.due, row.conflict, row.cannot_decide, row.on_hold,
            day(row.earliest), day(row.decide_by),
        ))  # fmt: skip


def _sign_off(book: Workbook, content: Content, t: Wording) -> None:
    page = _page(book, t, "SignOff", (
        ("Role", 28), ("Name", 28), ("Required", 10), ("Decision", 30), ("Date", 14), ("Dissent or condition", 60),
    ))  # fmt: skip
    header = content.header
    for role in dict.fromkeys([*header.required_sign_offs, *header.roles]):
        required = "yes" if role in header.required_sign_offs else ""
        page.row((words.ROLES.get(role, role), header.roles.get(role, ""), required))
    page.sheet.protection.sheet = True


def _glossary(book: Workbook, t: Wording) -> None:
    page = _page(book, t, "Glossary", (
        ("English", 48), ("繁體中文", 52), ("Meaning here", 70), ("Our own rendering", 12),
    ))  # fmt: skip
    for term in GLOSSARY:
        page.row((term.en, term.zh, term.meaning, "yes" if term.own else ""))
