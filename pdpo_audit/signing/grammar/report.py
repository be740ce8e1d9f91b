"""Grammar 1 of a sealed report: a body, the organisation's seal, and then nothing but sign-offs.

``docs/verifying.md`` writes it down for people. Each appended revision holds one signature, the one prepared field that
it fills, where needed the catalog and the store of validation material with new certificates and answers, and the table
of exactly these objects. The manifest of an audit names the grammar; a change of what is written is a new number here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from asn1crypto import crl, ocsp, x509

from pdpo_audit.signing.grammar.pieces import Piece, Revision, cut
from pdpo_audit.signing.grammar.tables import expect_body_table, expect_revision_table
from pdpo_audit.signing.grammar.values import Value, number_of, numbers_of, write
from pdpo_audit.signing.roles import SEAL_FIELD

#: The number of this grammar, as manifests name it.
GRAMMAR = 1

#: What the lists of the store hold, each in its own form.
MATERIAL: dict[bytes, Callable[[bytes], object]] = {
    b"/Certs": lambda content: x509.Certificate.load(content, strict=True).native,
    b"/OCSPs": lambda content: ocsp.OCSPResponse.load(content, strict=True).native,
    b"/CRLs": lambda content: crl.CertificateList.load(content, strict=True).native,
}

TEXT = rb"\((?:[A-Za-z0-9 ]|\\[0-7]{3})*\)"
TIME = re.compile(rb"\(D\\072\d{14}(?:Z|\\05[35]\d\d\\047\d\d\\047)\)")


def read_revisions(pdf: bytes) -> tuple[Revision, ...]:
    """The body and the appended revisions of a report; ``ValueError`` for every byte that the grammar does not know."""
    revisions = cut(pdf)
    body, *appended = revisions
    expect_body_table(body)
    root = body.table.entries[b"/Root"]
    previous, store = body, dict[bytes, Value]()
    for number, revision in enumerate(appended):
        expect_revision_table(revision, previous, body)
        store = _expect_sign_off(revision, previous, root, store, first=number == 0)
        previous = revision
    return revisions


def _expect_sign_off(
    revision: Revision, previous: Revision, root: Value, store: dict[bytes, Value], *, first: bool
) -> dict[bytes, Value]:
    """Raise ``ValueError`` unless a revision is one signature with what belongs to it; gives the store afterwards."""
    kinds = _sort(revision.pieces[:-1], number_of(root))
    (signature,), (field,) = _only(kinds, "signature"), _only(kinds, "field")
    catalogs, stores, streams = kinds.get("catalog", []), kinds.get("store", []), kinds.get("stream", [])
    _expect_signature(signature, field, root, revision.end, first=first)
    fresh = {piece.number for piece in revision.pieces} - {field.number} - {one.number for one in catalogs}
    fresh -= {one.number for one in stores} if store else set()
    # A number far beyond the last one makes readers refuse the table, and look through the file or show nothing.
    next_number = previous.table.number + 2  # pyHanko leaves out the one that /Size names
    if sorted(fresh) != list(range(next_number, next_number + len(fresh))):
        raise ValueError("an object of the report was written again, or one has a number that is not the next")
    if len(stores) > 1 or len(catalogs) > 1 or bool(catalogs) != (first or bool(stores and not store)):
        raise ValueError("the catalog was written for no reason")
    if not stores:
        if streams:
            raise ValueError("validation material that no list names")
        return store
    _expect_store(stores[0], store, streams, catalogs)
    return stores[0].entries


def _sort(pieces: tuple[Piece, ...], root: int) -> dict[str, list[Piece]]:
    kinds: dict[str, list[Piece]] = {}
    for piece in pieces:
        kinds.setdefault(_kind(piece, root), []).append(piece)
    return kinds


def _kind(piece: Piece, root: int) -> str:
    if piece.hole is not None:
        return "signature"
    if piece.stream is not None:
        return "stream"
    if piece.number == root and piece.entries.get(b"/Type") == b"/Catalog":
        return "catalog"
    if piece.entries.get(b"/FT") == b"/Sig":
        return "field"
    if piece.entries and not piece.entries.keys() - MATERIAL.keys():
        return "store"
    raise ValueError(f"object {piece.number} belongs to no signature")


def _only(kinds: dict[str, list[Piece]], kind: str) -> list[Piece]:
    found = kinds.get(kind, [])
    if len(found) != 1:
        raise ValueError(f"a revision without exactly one {kind}")
    return found


def _expect_signature(signature: Piece, field: Piece, root: Value, end: int, *, first: bool) -> None:
    """The signature says what ours say, stands in its field, and covers all of the file but its own hole."""
    assert signature.hole is not None
    if field.entries.get(b"/V") != b"%d 0 R" % signature.number:
        raise ValueError("the field does not hold the signature beside it")
    name = field.entries.get(b"/T", b"")
    if first != (name == b"(%s)" % SEAL_FIELD.encode()):
        raise ValueError("the first signature is not the organisation's seal, or a later one is")
    before, after = signature.hole
    if signature.byte_range != (before, after, end - after):
        raise ValueError("the signature does not cover the report as it was when signed")
    if write(signature.entries) != write(_expected_signature(signature.entries, name, root, first=first)):
        raise ValueError("the signature states something that this program does not write")


def _expected_signature(own: dict[bytes, Value], field: Value, root: Value, *, first: bool) -> dict[bytes, Value]:
    stated: dict[bytes, Value] = {key: _text(own[key]) for key in (b"/Name", b"/Location", b"/Reason") if key in own}
    moment = own.get(b"/M", b"")
    if not isinstance(moment, bytes) or not TIME.fullmatch(moment):
        raise ValueError("the signature states no time")
    level: dict[bytes, Value] = {b"/P": b"2"} if first else {}
    lock: dict[bytes, Value] = {
        b"/Type": b"/SigRef",
        b"/TransformMethod": b"/FieldMDP",
        b"/Data": root,
        b"/TransformParams": {
            b"/Action": b"/Include",
            b"/Fields": [field],
            b"/Type": b"/TransformParams",
            b"/V": b"/1.2",
            **level,
        },
    }
    seal: dict[bytes, Value] = {
        b"/Type": b"/SigRef",
        b"/TransformMethod": b"/DocMDP",
        b"/TransformParams": {b"/Type": b"/TransformParams", b"/V": b"/1.2", b"/P": b"2"},
    }
    return {
        b"/Type": b"/Sig",
        b"/Filter": b"/Adobe.PPKLite",
        b"/SubFilter": b"/ETSI.CAdES.detached",
        b"/M": moment,
        **stated,
        b"/Reference": [seal, lock] if first else [lock],
    }


def _text(value: Value) -> Value:
    if not isinstance(value, bytes) or not re.fullmatch(TEXT, value):
        raise ValueError("a signature states something that is no text")
    return value


def _expect_store(after: Piece, before: dict[bytes, Value], streams: list[Piece], catalogs: list[Piece]) -> None:
    """The store keeps what it listed; what it lists more are the new streams, each in the form of its list."""
    contents = {piece.number: piece for piece in streams}
    for kind, listed in after.entries.items():
        numbers = numbers_of(listed)
        old = numbers_of(before.get(kind, []))
        if numbers[: len(old)] != old:
            raise ValueError("validation material was taken away")
        for number in numbers[len(old) :]:
            piece = contents.pop(number, None)
            if piece is None or piece.entries.keys() != {b"/Length"}:
                raise ValueError("validation material that is not there, or listed twice")
            _expect_material(kind, piece)
    if contents or before.keys() - after.entries.keys():
        raise ValueError("validation material that no list names")
    if catalogs and catalogs[0].entries.get(b"/DSS") != b"%d 0 R" % after.number:
        raise ValueError("the catalog leads to another store")


def _expect_material(kind: bytes, piece: Piece) -> None:
    try:
        MATERIAL[kind](piece.stream or b"")
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f"object {piece.number} in {kind.decode()} is something else") from error
