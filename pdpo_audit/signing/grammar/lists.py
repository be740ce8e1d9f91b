"""The two kinds of list in a workbook's package, in one way of writing that every reader takes alike.

A native signature covers what these lists say after a transformation, and not their bytes: an element inside another
one, a second root or a remark changes nothing for the signature, and may for a reader. So their text is fixed here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_DECLARATION = r"(?:<\?xml version=(['\"])1\.0\1 encoding=\1UTF-8\1 standalone=\1yes\1\?>\n)?"
_ATTRIBUTE = r' ([A-Za-z]+)="((?:[^\x00-\x1f"<>&\x7f]|&(?:amp|lt|gt|quot);)*)"'
_ESCAPES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"'}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListForm:
    """A kind of list: its root, its namespace, and the attributes that each kind of entry must and may have."""

    root: str
    namespace: str
    entries: Mapping[str, tuple[frozenset[str], frozenset[str]]]


TYPES = ListForm(
    root="Types",
    namespace="http://schemas.openxmlformats.org/package/2006/content-types",
    entries={
        "Default": (frozenset({"Extension", "ContentType"}), frozenset()),
        "Override": (frozenset({"PartName", "ContentType"}), frozenset()),
    },
)
RELATIONSHIPS = ListForm(
    root="Relationships",
    namespace="http://schemas.openxmlformats.org/package/2006/relationships",
    entries={"Relationship": (frozenset({"Id", "Type", "Target"}), frozenset({"TargetMode"}))},
)

Entry = tuple[str, dict[str, str]]


def read_list(content: bytes, form: ListForm) -> list[Entry]:
    """The entries of a list; ``ValueError`` unless it is text of ``form`` and nothing else."""
    text = content.decode("utf-8", "strict")
    head = re.match(rf'{_DECLARATION}<{form.root} xmlns="{re.escape(form.namespace)}">', text)
    tail = f"</{form.root}>"
    if head is None or not text.endswith(tail):
        raise ValueError(f"it is no plain list of {form.root}")
    element = re.compile(rf"<({'|'.join(form.entries)})((?:{_ATTRIBUTE})+)/>")
    found: list[Entry] = []
    at, end = head.end(), len(text) - len(tail)
    while at < end:
        entry = element.match(text, at, end)
        if entry is None:
            raise ValueError(f"the list of {form.root} holds something that is no entry")
        found.append((entry[1], _attributes(entry[2], *form.entries[entry[1]])))
        at = entry.end()
    return found


def _attributes(text: str, needed: frozenset[str], allowed: frozenset[str]) -> dict[str, str]:
    pairs = re.findall(_ATTRIBUTE, text)
    found = {name: re.sub(r"&\w+;", lambda escape: _ESCAPES[escape[0]], value) for name, value in pairs}
    if len(found) != len(pairs) or not needed <= found.keys() <= needed | allowed:
        raise ValueError("an entry of a list has other attributes than it should")
    return found
