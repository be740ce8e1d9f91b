"""The workbook's first two sheets: what it is, and the numbers with native charts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.utils import get_column_letter

from pdpo_audit.model.audits import AuditHeader, Decided
from pdpo_audit.model.people import LEVEL_WORDS, PeopleLevel
from pdpo_audit.model.reviewing.records import PageSignOff
from pdpo_audit.reports.content.composition import Content
from pdpo_audit.reports.figures import Share
from pdpo_audit.reports.words import codes as words
from pdpo_audit.reports.words.labels import Wording
from pdpo_audit.reports.workbook.filling import CARE_MARK
from pdpo_audit.reports.workbook.pages import HKT, INK, LINE_POINTS, Page, Value, data_bar

if TYPE_CHECKING:
    from openpyxl import Workbook

#: Dark to light, so that grey print tells them apart.
TONES = (INK, "C8741A", "9DBDD0", "EEF2F4")
_LEVEL_TITLES = ("Level", "Pictures", "Copies of these pictures", "Copies at this level by themselves")
CENTIMETRES_PER_LINE = LINE_POINTS * 2.54 / 72


def moment(at: datetime) -> str:
    """A time as the reports print it: Hong Kong time, to the minute."""
    return at.astimezone(HKT).strftime("%Y-%m-%d %H:%M HKT")


def write_readme(book: Workbook, content: Content, t: Wording) -> None:
    """What this workbook is, of which audit, under which rules, and how to read it."""
    header = content.header
    page = Page(book, "README", (26, 110), t)
    page.title(f"{_organisation(content, t)}: image holdings audit {header.audit_id}")
    page.words("Marking", header.marking)
    if header.draft_reasons:
        page.words("DRAFT because", str(t("semicolon") if t.labels else "; ").join(map(t.phrase, header.draft_reasons)))
    else:
        page.words("Status", words.UNREVIEWED)
    page.heading("The audit")
    for label, text in _facts(content, t):
        page.words(label, text)
    page.heading("Rule packs")
    for pack in header.packs:
        page.words(f"{pack.name} {pack.version}", f"SHA-256 {pack.sha256}; legal review: {t.phrase(pack.legal_review)}")
    page.heading("How to read it")
    for name, text in words.SHEETS:
        page.told(name, _sheet(name, text, t))
    page.heading("Caution")
    page.words("Limits", words.LIMITS)
    page.words("Text", CARE_MARK)
    if content.masked:
        page.words("Masked", words.MASKED)


def _sheet(name: str, text: str, t: Wording) -> str:
    """What stands on a sheet; its tab is English in every language, so another language names it first."""
    return f"{t.word(name)}{t('colon')}{t.phrase(text)}" if t.labels else text


def _facts(content: Content, t: Wording) -> Iterable[tuple[str, str]]:
    header = content.header
    yield "Authorised by", header.authorised_by or "nobody named"
    yield "Purpose", header.purpose
    yield "Privacy impact assessment", header.pia_reference or "no reference given"
    yield "Last scan", _scan(header, t)
    yield (
        "Assessed",
        f"for {header.assessed_on}; rules applied {moment(header.started_at)}, "
        f"report written {moment(header.finished_at)}",
    )
    for one in header.not_reached:
        yield "Not reached", f"{one.source}: {one.words()}. Nothing of that counts as examined, held or gone."
    yield "Made by", f"{header.tool} {header.version}"
    yield (
        "Methods",
        "; ".join(f"{t.named('stages', one, {})}: {method}" for one, method in sorted(header.methods.items())),
    )
    yield "Settings SHA-256", header.settings_sha256
    yield "Event log", f"{content.totals.events:,} events, head {header.event_head}"
    if level := header.seal.get("pades_level"):
        yield "Seal of the PDF reports", t.named("pades", level, words.PADES)
    for assumption in header.assumptions:
        yield "Assumed", assumption


def _scan(header: AuditHeader, t: Wording) -> str:
    """When the last scan ran that the audit rests on, as far as the log tells."""
    if header.scan_ended_at is None:
        return "the event log does not tell when"
    ended = moment(header.scan_ended_at)
    told = [f"ended {ended}; when it began is not recorded"]
    if header.scan_began_at is not None:
        told = [f"began {moment(header.scan_began_at)}, ended {ended}"]
    told += ["of some of the sources"] * header.scan_partly
    told += [f"the last of {header.scans} scans"] * (header.scans > 1)
    return str(t("semicolon") if t.labels else "; ").join(map(t.phrase, told))


def write_summary(book: Workbook, content: Content, t: Wording) -> None:
    """The numbers of the report, each table with its chart beside it."""
    page = Page(book, "Summary", (44, 14, 14, 16, 14, 14, 14, 14), t)
    page.title("Summary")
    page.header(("Measure", "Number"))
    for label, value in measures(content):
        page.labelled(label, value)
    _shares(page, "Pictures by what they show of people", _levels(content, t), _LEVEL_TITLES, 2)
    outcomes = _named(content.outcomes, "outcomes", words.OUTCOMES, t)
    _shares(page, "Result for each holding", outcomes, ("Outcome", "Holdings"), 1)
    windows = _named(content.due_windows, "windows", words.WINDOWS, t)
    _shares(page, "When holdings fall due", windows, ("Window", "Holdings"), 1)
    decided: list[tuple[Value, ...]] = [(_decided(one, t), one.findings) for one in content.header.decided]
    _shares(page, "Findings decided by people", decided, ("Decision", "Findings"), 1)
    _review(page, content)
    _grades(page, content)
    _sources(page, content)
    relations = _named(content.relations, "relations", {}, t)
    _shares(page, "Relation of additional copies to their master", relations, ("Relation", "Copies"), 1)
    places = _named(content.jurisdictions, "jurisdictions", {"": "not stated"}, t)
    _shares(page, "Holdings by jurisdiction", places, ("Jurisdiction", "Holdings"), 1)
    _changes(page, content)
    _followed(page, content)


def _decided(one: Decided, t: Wording) -> str:
    return f"{t.named('determinations', one.decision, {})}: {one.by}" + (f" ({one.role})" if one.role else "")


def _review(page: Page, content: Content) -> None:
    found = content.header.review
    if found is None:
        return
    looks, (low, high) = found.second_looks, found.second_looks.interval
    page.heading("Review pages")
    page.header(("Measure", "Number"))
    for label, value in (
        ("Decisions that stand", found.batches),
        ("Findings without a decision", found.undecided),
        ("Drawn for a second reader", looks.drawn),
        ("Read by a second reader", looks.read),
        ("Agreed to by the second reader", looks.agreed),
        ("Differing and not decided since", looks.unsettled),
        *(((f"Agreement, {100 * low:.0f}% to {100 * high:.0f}% at 95%", round(looks.rate, 4)),) if looks.read else ()),
        *((f"Findings that wait for: {one.role or 'somebody'}", one.findings) for one in found.postponed),
        *((f"Cases looked at by {one.person}", one.cases) for one in found.lookers),
        *((f"Pictures seen with faces uncovered by {one.person}", one.clear_pictures) for one in found.lookers),
        *((_said(one), one.findings) for one in found.sign_offs),
    ):
        page.labelled(label, value, formats=("", "0%") if isinstance(value, float) else ())


def _said(one: PageSignOff) -> str:
    about = "this audit's decisions" if one.subject == "audit" else f"decision {one.named}"
    changed = "" if one.stands else "; decisions have changed since"
    remark = f" ({one.remark})" if one.remark else ""
    return f"{one.by} ({one.role}) on {one.at[:10]} of {about}: {one.decision}{remark}{changed}; findings"


def measures(content: Content) -> list[tuple[str, Value]]:
    """The totals, in the report's words."""
    totals = content.totals
    return [
        ("Holdings (stored copies)", totals.holdings),
        ("Distinct pictures", totals.pictures),
        ("Duplicate clusters", totals.clusters),
        ("Additional copies", totals.additional_copies),
        ("Bytes of all holdings", totals.bytes),
        ("Bytes of additional copies", totals.additional_bytes),
        ("Seen and not examined", totals.skipped),
        ("Sidecars, read with their pictures", totals.sidecars),
        ("Findings", totals.findings),
        ("Findings that need action", totals.findings_for_action),
        ("Dispositions", totals.dispositions),
        ("Related pictures that are not duplicates", totals.links),
        ("Events in the log", totals.events),
    ]


def _organisation(content: Content, t: Wording) -> str:
    chinese = t.language.startswith("zh") and content.header.organisation_zh
    return chinese or content.header.organisation


def _levels(content: Content, t: Wording) -> list[tuple[Value, ...]]:
    named = {level.value: f"{LEVEL_WORDS[level]} ({level.value})" for level in PeopleLevel}
    return [
        (t.named("levels", share.key, named), share.pictures, share.held, share.holdings) for share in content.levels
    ]


def _named(shares: Iterable[Share], group: str, names: dict[str, str], t: Wording) -> list[tuple[Value, ...]]:
    return [(t.named(group, share.key, names), share.holdings) for share in shares]


def _shares(page: Page, heading: str, rows: list[tuple[Value, ...]], titles: tuple[str, ...], series: int) -> None:
    page.heading(heading)
    first = page.header(titles)
    for row in rows:
        page.row(row)
    if rows:
        _chart(page, heading, first, len(rows), series, beside=len(titles))


def _chart(page: Page, heading: str, header_line: int, rows: int, series: int, *, beside: int) -> None:
    """A native bar chart to the right of the table of ``beside`` columns that starts at ``header_line``."""
    chart = BarChart()
    chart.type, chart.style, chart.title = "bar", 10, page.t.phrase(heading)
    chart.height, chart.width = 3.5 + 0.55 * rows * (1 if series > 2 else series), 17
    chart.grouping, chart.overlap = ("stacked", 100) if series > 2 else ("clustered", None)
    last = header_line + rows
    values = Reference(page.sheet, min_col=2, max_col=1 + series, min_row=header_line, max_row=last)
    chart.add_data(values, titles_from_data=True)
    chart.set_categories(Reference(page.sheet, min_col=1, min_row=header_line + 1, max_row=last))
    chart.y_axis.majorGridlines, chart.y_axis.delete, chart.x_axis.delete = None, series <= 2, False
    chart.x_axis.scaling.orientation = "maxMin"
    if series <= 2:
        chart.dataLabels = DataLabelList()
        chart.dataLabels.showVal = True
        for name in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
            setattr(chart.dataLabels, name, False)
    if series == 1:
        chart.legend = None
    else:
        chart.legend.position = "b"
    for place, line in enumerate(chart.series):
        line.graphicalProperties.solidFill = TONES[place % 4]
        line.graphicalProperties.line.solidFill = INK
    page.sheet.add_chart(chart, f"{get_column_letter(beside + 2)}{header_line - 1}")
    page.gap_until(header_line - 1 + int(chart.height / CENTIMETRES_PER_LINE) + 2)


def _grades(page: Page, content: Content) -> None:
    rows: list[tuple[Value, ...]] = [
        (
            page.t.named("principles_short", graded.key, {}),
            graded.grades.critical,
            graded.grades.major,
            graded.grades.minor,
            graded.grades.observation,
        )
        for graded in content.principles
    ]
    heading = "Findings by data protection principle and grade"
    _shares(page, heading, rows, ("Principle", "Critical", "Major", "Minor", "Observation"), 4)


def _sources(page: Page, content: Content) -> None:
    page.heading("Sources in order of risk")
    first = page.header(
        ("Source", "Holdings", "Additional copies", "Bytes of additional", "Recognisable", "Named", "Critical", "Due")
    )
    for source in content.sources:
        page.row(
            (
                source.record.name,
                source.holdings,
                source.additional_copies,
                source.additional_bytes,
                source.recognisable,
                source.named,
                source.grades.critical,
                source.outcomes["due"],
            )
        )
    if content.sources:
        last = first + len(content.sources)
        page.sheet.conditional_formatting.add(f"D{first + 1}:D{last}", data_bar())
        _chart(page, "Copies by source", first, len(content.sources), 2, beside=8)


def _changes(page: Page, content: Content) -> None:
    if not content.changes:
        return
    page.heading(f"Since the previous audit {content.header.previous_audit}")
    page.header(("Measure", "Before", "Now", "Change"))
    for change in content.changes:
        page.labelled(words.MEASURES.get(change.measure, change.measure), change.before, change.now,
                      change.now - change.before, formats=("", "", "", "+#,##0;-#,##0;0"))  # fmt: skip


def _followed(page: Page, content: Content) -> None:
    if content.follow_up is None:
        return
    page.heading(f"Erasure reviews of audit {content.follow_up.audit_id}: what became of them")
    page.header(("Copies", "Number"))
    for name, label in words.FOLLOWED.items():
        page.labelled(label, getattr(content.follow_up, name))
