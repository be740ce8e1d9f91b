"""The signature fields of a report: made once, before the first signature, with locks and structure tags."""

from __future__ import annotations

import io

import pikepdf
from pikepdf import Array, Dictionary, Name, NumberTree, ObjectStreamMode, Pdf, String

from pdpo_audit.errors import MachineError
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
    page = document.pages[0].obj
    widgets = [_widget(document, page, name, spoken) for name, spoken in FIELDS.items()]
    annotations = page.get(Name.Annots, Array())
    for widget in widgets:
        annotations.append(widget)
    page[Name.Annots] = annotations
    document.Root[Name.AcroForm] = document.make_indirect(
        Dictionary(Fields=Array(widgets), SigFlags=SIGNATURES_AND_APPEND_ONLY)
    )
    document.Root[Name.Extensions] = Dictionary(
        ESIC=Dictionary(Type=Name.DeveloperExtensions, BaseVersion=Name("/1.7"), ExtensionLevel=1)
    )
    _tag(document, page, widgets)


def _widget(document: Pdf, page: pikepdf.Object, name: str, spoken: str) -> pikepdf.Object:
    """An invisible field merged with its widget; signing it locks itself (FieldMDP, ISO 32000-1, 12.7.4.5)."""
    lock = Dictionary(Type=Name.SigFieldLock, Action=Name.Include, Fields=Array([String(name)]))
    return document.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Sig,
            T=String(name),
            TU=String(spoken),
            F=PRINT_AND_LOCKED,
            Rect=Array([0, 0, 0, 0]),
            P=page,
            Lock=document.make_indirect(lock),
        )
    )


def _tag(document: Pdf, page: pikepdf.Object, widgets: list[pikepdf.Object]) -> None:
    """Give each widget its ``Form`` element where the report has a structure tree (PDF/UA-1, 7.18).

    The reference stands in the element itself, not in an array: so pyHanko's difference analysis recognises it.
    """
    root = document.Root.get(Name.StructTreeRoot)
    if root is None:
        return
    page[Name.Tabs] = Name.S
    if Name.ParentTree not in root:
        root[Name.ParentTree] = document.make_indirect(Dictionary(Nums=Array()))
    tree = NumberTree(root[Name.ParentTree])
    parent = _document_element(root)
    key = max((int(number) for number in tree), default=-1) + 1
    for number, widget in enumerate(widgets, start=key):
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
