"""The sign-off panel shows what was decided: a mark that was drawn before the seal, and the one that is stated."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from pyhanko.pdf_utils import generic

from pdpo_audit.reports.content.composition import compose
from pdpo_audit.reports.pdf import render_pdf
from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.cms.trust import Trust
from pdpo_audit.signing.pdf import signatures as signing
from pdpo_audit.signing.pdf.checks import check_pdf
from pdpo_audit.signing.pdf.fields import prepare_pdf
from pdpo_audit.signing.pdf.marks import MM, OFFSETS, decision_of
from pdpo_audit.signing.pdf.signatures import seal_pdf, sign_off_pdf
from pdpo_audit.signing.roles import FIELDS, SEAL_FIELD, Decision, Role, state_reason
from tests.reports import example

from .material import LATER, NOW, person, seal_identity

TEMPLATES = Path(__file__).parents[2] / "report_templates"


@cache
def sealed() -> bytes:
    content = compose(example.header(), example.tables())
    pdf = prepare_pdf(render_pdf(content, language="en", templates=TEMPLATES))
    return seal_pdf(pdf, seal_identity(), signed_at=NOW, reason="Sealed by Harbour Light Agency Ltd: audit x")


def signed(decision: Decision | None, comment: str = "", field: str = "") -> bytes:
    return sign_off_pdf(
        sealed(),
        person("A"),
        role=Role.LEGAL,
        field=field,
        name="A",
        signed_at=LATER,
        decision=decision,
        comment=comment,
    )


def failures(pdf: bytes) -> list[str]:
    checks = check_pdf("x", pdf, Trust(roots=(), now=LATER)).checks
    return [check.statement for check in checks if check.verdict is Verdict.FAILED]


def dark(pdf: bytes, field: str) -> list[Decision]:
    """The decisions whose box in a field is crossed, as PDFium paints the page."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        (widget,) = (one for one in document.Root.AcroForm.Fields if str(one.T) == field)
        number = next(place for place, page in enumerate(document.pages) if page.obj.objgen == widget.P.objgen)
        left, low, _, _ = (float(value) for value in widget.Rect)
    scale = 6
    opened = pypdfium2.PdfDocument(pdf)
    opened.init_forms()
    page = opened[number]
    image = page.render(scale=scale, may_draw_forms=True).to_pil().convert("L")
    found = []
    for decision, offset in OFFSETS.items():
        centre = (left + (offset + 1.47) * MM) * scale, (page.get_height() - low - 2.47 * MM) * scale
        box = image.crop((int(centre[0]) - 4, int(centre[1]) - 4, int(centre[0]) + 4, int(centre[1]) + 4))
        if box.getextrema()[0] < 100:
            found.append(decision)
    return found


@pytest.mark.parametrize("decision", Decision)
def test_the_panel_shows_the_decision_and_nothing_before(decision: Decision) -> None:
    assert dark(sealed(), "SignOff-legal") == []
    report = signed(decision, "see (a) and: b")
    assert failures(report) == []
    assert dark(report, "SignOff-legal") == [decision]
    assert dark(report, "SignOff-legal-2") == dark(report, "SignOff-dpo") == []


def test_every_field_of_a_person_has_its_place_and_the_seal_has_none() -> None:
    with pikepdf.open(io.BytesIO(sealed())) as document:
        fields = {str(one.T): one for one in document.Root.AcroForm.Fields}
        shown = {name for name, one in fields.items() if float(one.Rect[2]) > float(one.Rect[0])}
    assert fields.keys() == FIELDS.keys() and shown == FIELDS.keys() - {SEAL_FIELD}


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        (Decision.REFUSE, Decision.AGREE),
        (Decision.AGREE, Decision.RESERVATIONS),
        (Decision.AGREE, None),
        (None, Decision.AGREE),
    ],
)
def test_a_mark_of_another_decision_than_the_stated_one_fails(
    stated: Decision | None, shown: Decision | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = signing._MarkStamp.apply_appearance

    def lie(stamp: signing._MarkStamp, annotation: generic.DictionaryObject) -> None:
        stamp.style = signing._Mark(decision=shown)
        honest(stamp, annotation)

    monkeypatch.setattr(signing._MarkStamp, "apply_appearance", lie)
    assert failures(signed(stated, "no")) != []


@pytest.mark.parametrize("comment", ["", "agrees", "x) refuses (y", ": refuses"])
def test_a_remark_does_not_change_what_is_stated(comment: str) -> None:
    for decision in Decision:
        assert decision_of(state_reason(Role.DPO, decision, comment)) is decision
    assert decision_of(state_reason(Role.DPO, None, comment)) is None
