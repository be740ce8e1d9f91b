"""What a sign-off may change in a report, and nothing else: a stricter judgement of appended revisions than usual.

A permitted revision fills one or more empty prepared signature fields, adds the signatures, and may add validation
material (DSS). Every object that it writes must be one of these. pyHanko's own analysis compares whole object graphs,
which takes 14 CPU s for each signature on a report of 300 findings, and allows more: changed metadata, new fields.
"""

from __future__ import annotations

import io

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import DictionaryObject, PdfObject, Reference, StreamObject
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import DiffPolicy, DiffResult, ModificationLevel, SuspiciousModification
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm

from pdpo_audit.signing.pdf.marks import BLANK, decision_of
from pdpo_audit.signing.roles import FIELDS, SEAL_FIELD

#: Trailer entries that every revision must repeat as they were.
KEPT = ("/Root", "/Info", "/Encrypt")


class SignOffsOnly(DiffPolicy):
    """pyHanko's socket for this judgement: each revision against the one before it."""

    def review_file(
        self,
        reader: PdfFileReader,
        base_revision: int | HistoricalResolver,
        field_mdp_spec: FieldMDPSpec | None = None,  # noqa: ARG002  a filled field is never filled again
        doc_mdp: MDPPerm | None = None,  # noqa: ARG002  less is permitted than any level of it allows
    ) -> DiffResult | SuspiciousModification:
        """The fields that were filled after ``base_revision``, or why something else happened."""
        first = base_revision if isinstance(base_revision, int) else base_revision.revision
        filled: set[str] = set()
        try:
            for revision in range(first + 1, reader.xrefs.total_revisions):
                filled |= _judge(
                    reader, reader.get_historical_resolver(revision - 1), reader.get_historical_resolver(revision)
                )
        except SuspiciousModification as error:
            return error
        level = ModificationLevel.FORM_FILLING if filled else ModificationLevel.LTA_UPDATES
        return DiffResult(modification_level=level, changed_form_fields=filled)


def judge_seal(reader: PdfFileReader) -> str:
    """Why the first appended revision is no seal of the body before it; empty when it is one."""
    body, sealed = reader.get_historical_resolver(0), reader.get_historical_resolver(1)
    try:
        filled = _judge(reader, body, sealed, catalog=("/DSS", "/Perms"))
    except SuspiciousModification as error:
        return str(error)
    return "" if filled == {SEAL_FIELD} else "it filled another field"


def _judge(
    reader: PdfFileReader, old: HistoricalResolver, new: HistoricalResolver, catalog: tuple[str, ...] = ("/DSS",)
) -> set[str]:
    """The fields that one revision filled; raises ``SuspiciousModification`` for anything else in it.

    ``catalog`` names the entries of the catalog that it may write.
    """
    if new.refs_freed_in_revision():  # type: ignore[no-untyped-call]
        raise SuspiciousModification("objects were freed")
    for key in KEPT:
        if _written(_entry(old.trailer_view, key)) != _written(_entry(new.trailer_view, key)):
            raise SuspiciousModification(f"the trailer's {key} was changed")
    written = set(new.explicit_refs_in_revision())  # type: ignore[no-untyped-call]
    fields = _filled_fields(old, new, written)
    allowed = set(fields) | _signatures(old, new, set(fields)) | _material(old, new, written, catalog)
    table = reader.xrefs.get_xref_container_info(new.revision).stream_ref
    if table is not None and old.is_ref_unassignable(table):
        allowed.add(table)
    if other := written - allowed:
        raise SuspiciousModification(f"objects were written that belong to no signature: {other}")
    return set(fields.values())


def _filled_fields(old: HistoricalResolver, new: HistoricalResolver, written: set[Reference]) -> dict[Reference, str]:
    """The prepared fields among ``written`` that were empty and now hold a value, with their names."""
    form = old.root["/AcroForm"]
    found: dict[Reference, str] = {}
    for item in form["/Fields"]:
        reference = item.reference
        if reference not in written:
            continue
        before, after = old(reference), new(reference)
        name = str(before.get("/T", ""))
        if name not in FIELDS or "/V" in before or "/V" not in after:
            raise SuspiciousModification(f"the field {name!r} was changed")
        _expect_same(before, after, but=("/V", "/AP"))
        _expect_mark(old, before, after)
        found[reference] = name
    return found


def _expect_mark(old: HistoricalResolver, before: DictionaryObject, after: DictionaryObject) -> None:
    """The field shows the mark of the decision that its signature states, among those that were sealed."""
    if "/AP" not in before and "/AP" not in after:
        return
    decision = decision_of(str(after["/V"].get("/Reason", "")))
    try:
        mark = old.root["/AcroForm"]["/DR"]["/XObject"].raw_get(f"/{decision.value if decision else BLANK}")
    except KeyError:
        raise SuspiciousModification("a field shows a mark that the report does not have") from None
    expected = DictionaryObject({generic.pdf_name("/N"): mark})  # type: ignore[no-untyped-call]
    if _written(_entry(after, "/AP")) != _written(expected):
        raise SuspiciousModification("a field shows another decision than its signature states")


def _signatures(old: HistoricalResolver, new: HistoricalResolver, fields: set[Reference]) -> set[Reference]:
    """The new objects that the filled fields hold."""
    values = {new(field).raw_get("/V") for field in fields}
    references = {value.reference for value in values if isinstance(value, generic.IndirectObject)}
    fresh = all(old.is_ref_unassignable(one) and _is_signature(new(one)) for one in references)
    if len(references) != len(fields) or not fresh:
        raise SuspiciousModification("a field holds something that is no signature of its own")
    return references


def _is_signature(value: PdfObject) -> bool:
    if not isinstance(value, DictionaryObject) or isinstance(value, StreamObject):
        return False
    return "/ByteRange" in value and "/Contents" in value


def _material(
    old: HistoricalResolver, new: HistoricalResolver, written: set[Reference], entries: tuple[str, ...]
) -> set[Reference]:
    """The objects of the document security store that may be written, and the catalog that leads to it."""
    catalog = written & {new.root_ref}
    if catalog:
        _expect_same(old.root, new.root, but=entries)
    before, after = _store_of(old), _store_of(new)
    if strangers := {one for one in after - before if not old.is_ref_unassignable(one)}:
        raise SuspiciousModification(f"the validation material leads to other objects: {strangers}")
    if any(isinstance(new(one), StreamObject) for one in before & written):
        raise SuspiciousModification("validation material was replaced")
    return catalog | after


def _store_of(revision: HistoricalResolver) -> set[Reference]:
    """Every object that the security store is made of."""
    if "/DSS" not in revision.root:
        return set()
    entry = revision.root.raw_get("/DSS")
    return set(revision.collect_dependencies(entry))


def _expect_same(before: DictionaryObject, after: DictionaryObject, *, but: tuple[str, ...]) -> None:
    """Raise ``SuspiciousModification`` unless two plain dictionaries are equal in all entries but the named ones."""
    if isinstance(before, StreamObject) or isinstance(after, StreamObject):
        raise SuspiciousModification("a dictionary became a stream")
    if set(before) - set(but) != set(after) - set(but):
        raise SuspiciousModification("entries were added or removed")
    for key in set(before) - set(but):
        if _written(before.raw_get(key)) != _written(after.raw_get(key)):
            raise SuspiciousModification(f"{key} was changed")


def _entry(dictionary: DictionaryObject, key: str) -> PdfObject | None:
    return dictionary.raw_get(key) if key in dictionary else None


def _written(value: PdfObject | None) -> bytes:
    """A value as it would stand in a file; references by their number."""
    if value is None:
        return b""
    out = io.BytesIO()
    value.write_to_stream(out, None)
    return out.getvalue()
