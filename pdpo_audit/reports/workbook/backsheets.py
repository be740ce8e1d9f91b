"""The workbook's short sheets after the tables: sources, residency, rules, cost, plan, sign-off, glossary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pdpo_audit.model.disposition.stays import Fate
from pdpo_audit.reports.content import cost
from pdpo_audit.reports.content.asking import OwnerDecisions
from pdpo_audit.reports.content.composition import Content
from pdpo_audit.reports.content.disposals import Destroyed
from pdpo_audit.reports.words import codes as words
from pdpo_audit.reports.words.glossary import GLOSSARY
from pdpo_audit.reports.words.labels import Wording, day
from pdpo_audit.reports.workbook import placesheets
from pdpo_audit.reports.workbook.changes import write_changes
from pdpo_audit.reports.workbook.pages import Value, data_bar, table_page
from pdpo_audit.reports.workbook.trendsheet import write_trend

if TYPE_CHECKING:
    from openpyxl import Workbook

MONEY = "#,##0.00"
_IN_THE = {name: f"in the {word}" for name, word in words.CONTRADICTIONS.items()}


def write_others(book: Workbook, content: Content, t: Wording) -> None:
    """Write every short sheet that follows the tables."""
    _sources(book, content, t)
    placesheets.write_places(book, content, t)
    _schedule(book, content, t)
    _integrity(book, content, t)
    _holds(book, content, t)
    _exclusions(book, content, t)
    _cost(book, content, t)
    _follow_up(book, content, t)
    write_changes(book, content, t)
    write_trend(book, content.trend, t)
    _plan(book, content, t)
    _sign_off(book, content, t)
    _destruction(book, content, t)
    _glossary(book, t)


#: Whether the public can see a source, as declared.
_PUBLIC = {"yes": "yes", "no": "no", "partly": "partly", "unknown": "not known"}


def _sources(book: Workbook, content: Content, t: Wording) -> None:
    page = table_page(book, t, "Sources", (
        ("Rank", 7), ("Source", 20), ("Place (URI)", 34), ("Owner", 22), ("Purpose", 24), ("Purpose ended", 14),
        ("Record class", 18), ("Public-facing", 12), ("Declared", 10), ("Holdings", 12), ("Pictures", 12),
        ("Additional copies", 12), ("Recognisable (P2, P3)", 14), ("Named (P3)", 10), ("Sensitive", 10),
        ("Not examined for faces", 12), ("Critical", 9), ("Major", 9), ("Minor", 9), ("Observation", 12),
        ("Due", 12), ("On hold", 9), ("Cannot be decided", 12), ("No rule", 9), ("Skipped", 9),
    ))  # fmt: skip
    for rank, source in enumerate(content.sources, 1):
        record, grades = source.record, source.grades
        page.row((
            rank, record.name, _told(record.uri, content), record.owner or t.word("no owner"),
            record.purpose or t.word("no purpose recorded"), day(record.purpose_ended_on), record.record_class,
            t.word(_PUBLIC[record.public]), t.word("yes" if source.declared else "no"), source.holdings,
            source.pictures, source.additional_copies, source.recognisable, source.named, source.sensitive,
            source.unknown_people, grades.critical, grades.major, grades.minor, grades.observation,
            source.outcomes["due"], source.outcomes["on_hold"], source.outcomes["cannot_decide"],
            source.outcomes["no_rule"], source.skipped,
        ))  # fmt: skip


def _follow_up(book: Workbook, content: Content, t: Wording) -> None:
    page = table_page(book, t, "FollowUp", (
        ("Source", 18), ("Path", 52), ("Owner", 22), ("Duplicate cluster", 18), ("First seen", 12),
        ("Source of the copy that is gone", 18), ("Its path", 52), ("Gone since", 12), ("Proposed in audit", 20),
    ))  # fmt: skip
    for one in content.follow_up.returned if content.follow_up else ():
        page.row((
            one.source, one.path, one.owner or t.word("no owner"), one.cluster_id, one.first_seen, one.erased_source,
            one.erased_path, one.gone_on or t.word("came back to its place"), one.proposed_in,
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


def _destruction(book: Workbook, content: Content, t: Wording) -> None:
    """What was erased under plans of disposition, and the form to fill in for what is erased otherwise."""
    page = table_page(book, t, "DestructionLog", DESTRUCTION)
    destroyed = content.disposals.destroyed
    for number, one in enumerate(destroyed, 1):
        first, _, second = one.approved_by.partition("; ")
        page.row((
            number, one.source, one.path, one.sha256, one.bytes, one.cluster_id, _kept(one, t),
            one.rule, first, second, one.acted_at[:10], t.word("unlink"), "", one.acted_at[:10], one.plan_id, "", "",
            one.left_behind or t.word("gone from its place"), one.proof,
        ))  # fmt: skip
    for number in range(len(destroyed) + 1, len(destroyed) + EMPTY_LINES + 1):
        page.row((number, *("" for _ in DESTRUCTION[1:])))


def _kept(one: Destroyed, t: Wording) -> str:
    """Where the copy that stays lies, and the plan that took it since, where one did."""
    if not one.kept_at:
        return t.word("none kept")
    if not one.kept_fate:
        return one.kept_at
    word = "in quarantine since, under plan" if one.kept_fate == Fate.WAITS.value else "stays no more, under plan"
    return f"{one.kept_at} ({t.word(word)} {one.kept_plan})"


def _told(place: str, content: Content) -> str:
    """A place or a pattern of paths; nothing of it in a distribution copy."""
    return "" if content.masked else place


def _schedule(book: Workbook, content: Content, t: Wording) -> None:
    page = table_page(book, t, "RetentionSchedule", (
        ("Rule", 14), ("Pack", 18), ("Title", 32), ("Rule in words", 70), ("Authority", 44), ("Authority rank", 22),
        ("Confidence", 18), ("Legal review", 26), ("Critical", 9), ("Major", 9), ("Minor", 9), ("Observation", 12),
    ))  # fmt: skip
    for result in content.rules:
        text, grades = result.text, result.grades
        page.row((
            result.rule, result.pack, _spoken(text.title, t) if text else "",
            _spoken(text.sentence, t) if text else "", t.phrase(result.authority),
            t.named("ranks", result.authority_rank, words.RANKS),
            t.named("confidences", text.confidence, {}) if text else "",
            t.phrase(text.legal_review) if text else "",
            grades.critical, grades.major, grades.minor, grades.observation,
        ))  # fmt: skip


def _spoken(texts: Mapping[str, str], t: Wording) -> str:
    return texts.get(t.language) or texts.get("en", "")


def _integrity(book: Workbook, content: Content, t: Wording) -> None:
    page = table_page(book, t, "VersionIntegrity", (("Measure", 60), ("Number", 14), ("", 40), ("", 30)))
    found = content.integrity
    rows: tuple[tuple[str, Value], ...] = (
        ("Additional copies that show the same pixels as their master", found.exact_copies),
        ("Additional copies that differ from their master", found.altered_copies),
        ("Duplicate clusters whose copies carry different dates", found.clusters_with_dates_apart),
        ("Copies whose capture date cannot be, and starts no period", found.doubtful_dates),
        ("Masters confirmed by a named person", found.masters_confirmed),
        ("Masters proposed, not yet confirmed", found.masters_proposed),
        ("Duplicate clusters whose copies contradict each other in their metadata", found.contradicting_clusters),
        *((t.named("contradictions", name, _IN_THE), number) for name, number in found.contradictions.items()),
    )
    for label, number in rows:
        page.labelled(label, number)
    if content.contradicting:
        page.heading("The largest duplicate clusters that contradict themselves (all in the sheet Clusters)")
        page.header(("Duplicate cluster: master", "Copies", "Fields", "Definitive record (to fill in)"))
    for large in content.contradicting:
        fields = str(t("comma") if t.labels else ", ").join(
            t.named("contradictions", name, words.CONTRADICTIONS) for name in large.contradictions
        )
        page.row((f"{large.cluster_id}: {large.master_source} / {large.master_path}", large.copies, fields, ""))
    page.heading("Duplicate clusters with the most copies")
    page.header(("Duplicate cluster: master", "Copies"))
    for large in content.largest:
        page.row((f"{large.cluster_id}: {large.master_source} / {large.master_path}", large.copies))


def _holds(book: Workbook, content: Content, t: Wording) -> None:
    page = table_page(book, t, "Exceptions_Holds", (
        ("Hold", 18), ("Matter", 40), ("Kind", 22), ("Issued by (role)", 30), ("Starts", 12),
        ("Review", 12), ("Scope", 60),
    ))  # fmt: skip
    for hold in content.header.holds:
        scope = str(t("semicolon") if t.labels else "; ").join(
            f"{t.word(name)}{t('colon') if t.labels else ': '}{value}"
            for name, value in (
                ("file", hold.sha256), ("pictures by content", len(hold.pictures)),
                ("path", _told(hold.path_pattern, content)),
                ("duplicate cluster", hold.cluster_id), ("source", hold.source),
                ("captured from", day(hold.captured_from)), ("captured until", day(hold.captured_until)),
            )
            if value
        )  # fmt: skip
        page.row((
            hold.hold_id, hold.matter, t.named("hold_kinds", hold.kind, {hold.kind: hold.kind.replace("_", " ")}),
            f"{hold.issued_by} ({hold.issuer_role})",
            day(hold.starts_on), day(hold.review_on), scope,
        ))  # fmt: skip
    page.gap()
    page.labelled("Holdings on hold", content.urgent.on_hold)


def _exclusions(book: Workbook, content: Content, t: Wording) -> None:
    page = table_page(book, t, "Exclusions", (("Source", 24), ("Paths", 60), ("Reason", 60)))
    for one in content.header.not_reached:
        reason = f"Not reached since {one.since}: {one.words()}. Nothing of that counts as examined, held or gone."
        page.row((one.source, "", t.phrase(reason)))
    reasons = {"only": "The settings let only these paths in.", "except": "The settings leave these paths out."}
    for source, kind, pattern in content.left_out:
        page.row((source, _told(pattern, content), t.word(reasons[kind])))


def _cost(book: Workbook, content: Content, t: Wording) -> None:
    page = table_page(book, t, "CostModel", (
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
    page.labelled("All sources, HK$ a year", found.gigabytes, found.yearly.low, found.yearly.high, None,
                  found.stated_yearly, formats=formats)  # fmt: skip
    page.gap()
    page.labelled(
        f"Assumed: HK${found.rates.low:.2f} to HK${found.rates.high:.2f} per GB and month, 1 GB = 1,000,000,000 bytes. "
        "A published band for enterprise storage in Hong Kong, not verified independently. Retrieval, backup and "
        "staff are not in it. Additional copies cost nothing less until a person has approved their erasure.",
    )  # fmt: skip


def _plan(book: Workbook, content: Content, t: Wording) -> None:
    page = table_page(book, t, "ActionPlan", (
        ("Owner", 26), ("Due", 14), ("Conflicts to decide", 14), ("Facts missing", 14), ("On hold", 10),
        ("Due since", 14), ("Decide by", 14), ("Response (agree, partly, disagree)", 30), ("Reason", 40),
        ("Status", 14),
    ))  # fmt: skip
    for row in content.decisions:
        page.row((
            row.owner or t.word("no owner"), row.due, row.conflict, row.cannot_decide, row.on_hold,
            day(row.earliest), day(row.decide_by), _responses(row, t), "",
            t.phrase(f"{row.decided:,} of {row.findings:,} findings decided"),
        ))  # fmt: skip


def _responses(row: OwnerDecisions, t: Wording) -> str:
    """What people said of this owner's findings: each answer with the number of findings."""
    return "; ".join(f"{t.named('determinations', share.key, {})}: {share.holdings:,}" for share in row.responses)


def _sign_off(book: Workbook, content: Content, t: Wording) -> None:
    page = table_page(book, t, "SignOff", (
        ("Role", 28), ("Name", 28), ("Required", 10), ("Decision", 30), ("Date", 14), ("Dissent or condition", 60),
    ))  # fmt: skip
    header = content.header
    for role in dict.fromkeys([*header.required_sign_offs, *header.roles]):
        required = t.word("yes") if role in header.required_sign_offs else ""
        page.row((t.named("roles", role, words.ROLES), header.roles.get(role, ""), required))
    page.sheet.protection.sheet = True


def _glossary(book: Workbook, t: Wording) -> None:
    page = table_page(book, t, "Glossary", (
        ("English", 48), ("繁體中文", 52), ("Meaning here", 70), ("Our own rendering", 12),
    ))  # fmt: skip
    for term in GLOSSARY:
        meaning = term.meaning_zh if t.language.startswith("zh") else term.meaning
        page.row((term.en, term.zh, meaning, t.word("yes") if term.own else ""))
