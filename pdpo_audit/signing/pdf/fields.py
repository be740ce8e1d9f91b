"""The signature fields of a report: made once, before the first signature, with locks and structure tags."""

from __future__ import annotations

import io

import pikepdf
from pikepdf import Array, Dictionary, Name, NameTree, NumberTree, ObjectStreamMode, Pdf, String

from pdpo_audit.errors import MachineError
from pdpo_audit.signing.pdf.marks import BLANK, HEIGHT, PLACE, WIDTH, drawings
from pdpo_audit.signing.roles import FIELDS

#: Annotation flags Print (3rd bit) and Locked (8th): PDF/A wants a widget printable, nobody may move it.
PRINT_AND_LOCKED = 4 | 128

#: SignaturesExist and AppendOnly (ISO 32000-1, table 219).
SIGNATURES_AND_APPEND_ONLY = 3


def prepare_pdf(pdf: bytes) -> bytes:
    """The report, repacked, with an empty field for the seal and for each sign-off: same input, same bytes.

    The repack puts 100 objects into each object stream: pyHanko's validation is quadratic in the length of a stream,
    and WeasyPrint writes one for the whole document (1,000 rows: from over 200 s to 7 s). Raises ``MachineError``
    when the file is no PDF, or has a form of its own.
    """
    try:
        with Pdf.open(io.BytesIO(pdf)) as document:
            _add_fields(document)
            out = io.BytesIO()
            document.save(out, object_stream_mode=ObjectStreamMode.generate, deterministic_id=True)
            return out.getvalue()
    except pikepdf.PdfError as error:
        raise MachineError(f"The report cannot be prepared for its seal: {error}.") from error


def _add_fields(document: Pdf) -> None:
    """Fields, and the mark of PAdES in the catalog (ETSI EN 319 142-1, 5.1), which no signature needs to add then."""
    if Name.AcroForm in document.Root:
        raise MachineError("The report has a form already; it cannot be prepared for its seal twice.")
    marks = _marks(document)
    places = _places(document)
    widgets = [_widget(document, name, spoken, places.get(name), marks) for name, spoken in FIELDS.items()]
    for widget in widgets:
        page = widget.P
        page[Name.Annots] = [*page.get(Name.Annots, Array()), widget]
    document.Root[Name.AcroForm] = document.make_indirect(
        Dictionary(Fields=Array(widgets), SigFlags=SIGNATURES_AND_APPEND_ONLY, DR=Dictionary(XObject=Dictionary(marks)))
    )
    document.Root[Name.Extensions] = Dictionary(
        ESIC=Dictionary(Type=Name.DeveloperExtensions, BaseVersion=Name("/1.7"), ExtensionLevel=1)
    )
    _tag(document, widgets)


def _marks(document: Pdf) -> dict[str, pikepdf.Object]:
    """What a signed field shows, drawn before the seal: signing only chooses one of these."""
    return {
        f"/{name}": document.make_indirect(
            document.make_stream(
                content,
                Type=Name.XObject,
                Subtype=Name.Form,
                BBox=Array([0, 0, WIDTH, HEIGHT]),
                Resources=Dictionary(),
            )
        )
        for name, content in drawings().items()
    }


def _places(document: Pdf) -> dict[str, tuple[pikepdf.Object, float, float]]:
    """The page and the upper left corner of each field that the report's panel has a place for."""
    names = document.Root.get(Name.Names, Dictionary()).get(Name.Dests)
    if names is None:
        return {}
    found = {str(name): place for name, place in NameTree(names).items()}
    return {
        name.removeprefix(PLACE): (place[0], float(place[2]), float(place[3]))
        for name, place in found.items()
        if name.startswith(PLACE)
    }


def _widget(
    document: Pdf,
    name: str,
    spoken: str,
    place: tuple[pikepdf.Object, float, float] | None,
    marks: dict[str, pikepdf.Object],
) -> pikepdf.Object:
    """A field merged with its widget; signing it locks itself (FieldMDP, ISO 32000-1, 12.7.4.5).

    It lies where the sign-off panel has its place, and shows nothing yet; without a place it is invisible.
    """
    lock = Dictionary(Type=Name.SigFieldLock, Action=Name.Include, Fields=Array([String(name)]))
    widget = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        FT=Name.Sig,
        T=String(name),
        TU=String(spoken),
        F=PRINT_AND_LOCKED,
        Rect=Array([0, 0, 0, 0]),
        P=document.pages[0].obj,
        Lock=document.make_indirect(lock),
    )
    if place is not None:
        page, left, top = place
        widget.P = page
        widget.Rect = Array([round(value, 3) for value in (left, top - HEIGHT, left + WIDTH, top)])
        widget.AP = Dictionary(N=marks[f"/{BLANK}"])
    return document.make_indirect(widget)


def _tag(document: Pdf, widgets: list[pikepdf.Object]) -> None:
    """Give each widget its ``Form`` element where the report has a structure tree (PDF/UA-1, 7.18).

    The reference stands in the element itself, not in an array: so pyHanko's difference analysis recognises it.
    """
    root = document.Root.get(Name.StructTreeRoot)
    if root is None:
        return
    if Name.ParentTree not in root:
        root[Name.ParentTree] = document.make_indirect(Dictionary(Nums=Array()))
    tree = NumberTree(root[Name.ParentTree])
    parent = _document_element(root)
    key = max((int(number) for number in tree), default=-1) + 1
    for number, widget in enumerate(widgets, start=key):
        page = widget.P
        page[Name.Tabs] = Name.S
        reference = Dictionary(Type=Name.OBJR, Obj=widget, Pg=page)
        element = document.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name.Form, P=parent, Pg=page, K=reference, Alt=widget.TU)
        )
        parent[Name.K] = [*_children(parent), element]
        widget[Name.StructParent] = number
        tree[number] = element
    root[Name.ParentTreeNextKey] = key + len(widgets)


def _document_element(root: pikepdf.Object) -> pikepdf.Object:
    """The outermost structure element (``Document`` in what WeasyPrint writes)."""
    kids = _children(root)
    return kids[0] if kids else root


def _children(element: pikepdf.Object) -> list[pikepdf.Object]:
    kids = element.get(Name.K)
    if kids is None:
        return []
    return list(kids) if isinstance(kids, Array) else [kids]
