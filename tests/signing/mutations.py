"""Changes of sealed files, by chance and by what a forger would try; each with a name, from a seeded source."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable

from .forging import a_trailer, an_object, append_store, hidden_pages, read_places

Chance = random.Random
Change = Callable[[bytes, Chance], bytes]

#: Pieces of syntax that a change puts somewhere.
PDF_WORDS = [
    b"endobj\n",
    b"endstream\n",
    b"<<\n",
    b">>\n",
    b"trailer\n",
    b"xref\n",
    b"%%EOF\n",
    b"%",
    b"\0",
    b" ",
    b"\r",
    b"/Root 1 0 R ",
]
XML_WORDS = [
    b"<!-- x -->", b"<?x y?>", b"<![CDATA[x]]>", b"<x/>", b"&#49;", b" ", b"\n", b' x="y"', b"x",
    b'<Relationship Id="rId1" Type="t" Target="xl/worksheets/sheet2.xml"/>',
    b'<Override PartName="/xl/workbook.xml" ContentType="text/plain"/>',
    b'<Default Extension="xml" ContentType="a/b"/>',
]  # fmt: skip
LISTS = re.compile(r"\[Content_Types\]\.xml|.*\.rels|docProps/.*|_xmlsignatures/.*|META-INF/.*")


def _place(content: bytes, chance: Chance) -> int:
    return chance.randrange(len(content))


def flip(content: bytes, chance: Chance) -> bytes:
    changed = bytearray(content)
    changed[_place(content, chance)] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut_out(content: bytes, chance: Chance) -> bytes:
    at = _place(content, chance)
    return content[:at] + content[at + chance.choice([1, 2, 16, 300]) :]


def repeat(content: bytes, chance: Chance) -> bytes:
    at, length = _place(content, chance), chance.choice([1, 16, 300, 3000])
    return content[:at] + content[at : at + length] + content[at:]


def move(content: bytes, chance: Chance) -> bytes:
    at, to, length = _place(content, chance), _place(content, chance), chance.choice([4, 64, 1000])
    piece, rest = content[at : at + length], content[:at] + content[at + length :]
    return rest[:to] + piece + rest[to:]


def shorten(content: bytes, chance: Chance) -> bytes:
    return content[: _place(content, chance)]


def insert_noise(content: bytes, chance: Chance) -> bytes:
    at = chance.choice([0, len(content), _place(content, chance)])
    return content[:at] + chance.randbytes(chance.choice([1, 3, 40])) + content[at:]


def change_a_number(content: bytes, chance: Chance) -> bytes:
    found = chance.choice(list(re.finditer(rb"\d+", content)))
    return content[: found.start()] + b"%d" % chance.choice([0, 1, int(found[0]) + 1, 99999]) + content[found.end() :]


BYTES: dict[str, Change] = {
    "flip": flip,
    "cut out": cut_out,
    "repeat": repeat,
    "move": move,
    "shorten": shorten,
    "noise": insert_noise,
    "number": change_a_number,
}


def _boundary(pdf: bytes, chance: Chance) -> int:
    return chance.choice(
        [found.start() for found in re.finditer(rb"(?<=endobj\n)\d+ 0 obj\n|(?<=endobj\n)\n?startxref", pdf)]
    )


def hide_pages(pdf: bytes, chance: Chance) -> bytes:
    """Another page tree between two objects, with a trailer now and then, and with words that some readers take too."""
    said, at = read_places(pdf), _boundary(pdf, chance)
    spare = hidden_pages(said.pages) + chance.choice([b"", a_trailer(said.root)])
    spare = spare.replace(b" 0 obj", chance.choice([b" 0 obj", b"\x0b0\x0bobj", b" +0 obj", b"%x\n0%x\nobj"]))
    return pdf[:at] + spare + pdf[at:]


def put_a_word(pdf: bytes, chance: Chance) -> bytes:
    at = _boundary(pdf, chance)
    return pdf[:at] + chance.choice(PDF_WORDS) + pdf[at:]


def repeat_an_object(pdf: bytes, chance: Chance) -> bytes:
    """An object again at another boundary, changed a little."""
    objects: list[bytes] = re.findall(rb"(?<=\n)\d+ 0 obj\n.*?\nendobj\n", pdf, re.DOTALL)
    at, spare = _boundary(pdf, chance), chance.choice(objects)
    return pdf[:at] + chance.choice([spare, flip(spare, chance), change_a_number(spare, chance)]) + pdf[at:]


def append_a_store(pdf: bytes, chance: Chance) -> bytes:
    said = read_places(pdf)
    hidden = chance.choice([b"", an_object(900, b"null"), hidden_pages(said.pages), b"%x\n"])
    hidden += chance.choice([b"", a_trailer(said.root)])
    material = chance.choice([b"", chance.randbytes(50), hidden_pages(said.pages)])
    lists = chance.choice([b"/Certs", b"/CRLs", b"/OCSPs", b"/VRI", b"/Kids"])
    return append_store(pdf, hidden=hidden, material=material, listed_as=lists, root=chance.random() < 0.5)


def drop_a_revision(pdf: bytes, chance: Chance) -> bytes:
    ends = [found.end() for found in re.finditer(rb"%%EOF\n", pdf)]
    end = chance.choice(ends)
    return pdf[:end] if end < len(pdf) else pdf + pdf[ends[-2] : end]


def edit_a_field(pdf: bytes, chance: Chance) -> bytes:
    """Text that viewers show of a signature."""
    found = chance.choice(list(re.finditer(rb"/(?:Reason|Name|Location|TU|T|M) \(([^)]*)\)", pdf)))
    return pdf[: found.start(1)] + chance.choice([b"Approved", b"\\050x\\051", b"\n1 0 obj"]) + pdf[found.end(1) :]


PDF: dict[str, Change] = {
    **BYTES,
    "hidden pages": hide_pages,
    "a word between objects": put_a_word,
    "an object again": repeat_an_object,
    "a store appended": append_a_store,
    "a revision dropped or again": drop_a_revision,
    "a field edited": edit_a_field,
}

Members = dict[str, bytes]


def unpack(package: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(members: Members, stored: tuple[str, ...] = ()) -> bytes:
    """Packed as this program packs, so that nothing but the change is to be seen."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            packed = zipfile.ZIP_STORED if name.endswith(stored or ("\0",)) else zipfile.ZIP_DEFLATED
            archive.writestr(info, content, packed)
    return out.getvalue()


def _repacking(change: Callable[[Members, Chance], None]) -> Change:
    def changed(package: bytes, chance: Chance) -> bytes:
        members = unpack(package)
        change(members, chance)
        return pack(members, (".pdf", ".xlsx", ".p7s", "mimetype") if "mimetype" in members else ())

    return changed


def _edit(members: Members, name: str, chance: Chance) -> None:
    content = members[name]
    tags = [found.start() for found in re.finditer(rb"<|/>| [A-Z]", content)] or [len(content)]
    at = chance.choice(tags)
    edited = content[:at] + chance.choice(XML_WORDS) + content[at:]
    members[name] = chance.choice([edited, edited, flip(content, chance) if content else b"x"])


def edit_a_list(members: Members, chance: Chance) -> None:
    _edit(members, chance.choice([name for name in members if LISTS.match(name)]), chance)


def edit_a_part(members: Members, chance: Chance) -> None:
    _edit(members, chance.choice(list(members)), chance)


def nest_a_relationship(members: Members, chance: Chance) -> None:
    """One entry of a list inside another, with the attributes of a third."""
    name = chance.choice([name for name in members if name.endswith(".rels") and b"Target=" in members[name]])
    text = members[name]
    entries = list(re.finditer(rb"<Relationship [^>]*/>", text))
    outer, inner = chance.choice(entries), chance.choice(entries)[0]
    forged = inner.replace(b"sheet1", b"sheet2") if chance.random() < 0.5 else inner
    members[name] = text[: outer.end() - 2] + b">" + forged + b"</Relationship>" + text[outer.end() :]


def swap_parts(members: Members, chance: Chance) -> None:
    left, right = chance.sample(sorted(members), 2)
    members[left], members[right] = members[right], members[left]


def drop_a_part(members: Members, chance: Chance) -> None:
    del members[chance.choice(list(members))]


def add_a_part(members: Members, chance: Chance) -> None:
    name = chance.choice(list(members))
    spare = chance.choice([name.upper(), "/" + name, name.replace("/", "\\") + "x", "xl/extra.xml", "../x", name + " "])
    members[spare] = members[name]


def reorder(members: Members, chance: Chance) -> None:
    names = list(members)
    chance.shuffle(names)
    for name in names:
        members[name] = members.pop(name)


PACKAGE: dict[str, Change] = {
    **BYTES,
    "a list edited": _repacking(edit_a_list),
    "a part edited": _repacking(edit_a_part),
    "a relationship in another": _repacking(nest_a_relationship),
    "parts swapped": _repacking(swap_parts),
    "a part dropped": _repacking(drop_a_part),
    "a part added": _repacking(add_a_part),
    "parts in another order": _repacking(reorder),
}

BUNDLE: dict[str, Change] = {name: change for name, change in PACKAGE.items() if name != "a relationship in another"}


def mutations(content: bytes, changes: dict[str, Change], seed: int, count: int) -> list[tuple[str, bytes]]:
    """``count`` changed files with the name of the change; those that changed nothing are drawn again."""
    chance = random.Random(seed)
    names = sorted(changes)
    found: list[tuple[str, bytes]] = []
    while len(found) < count:
        name = names[len(found) % len(names)]
        changed = changes[name](content, chance)
        if changed != content:
            found.append((name, changed))
    return found
