"""Whose a sidecar is: the pictures beside it that its name, or what stands in it, means. Pure, on names of one folder.

Names that agree but for case, or for the way in which accents are composed, mean each other where none agrees wholly.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pdpo_audit.metadata.sidecars.forms import Form, form_of

_Key = TypeVar("_Key", bound=Hashable)

#: Takeout cuts the name of a JSON file before its suffix and before the number of a repeated name.
_TAKEOUT_LONGEST = 46
_TAKEOUT_MARK = ".supplemental-metadata"
_NUMBER = re.compile(r"(.*)(\(\d+\))")
#: What Takeout appends to the name of a picture that was changed (it writes no JSON for it), by account language.
_EDITED = re.compile(
    r"(.+)-(?:edited|effects|smile|mix|bearbeitet|modifié|modificato|editado|ha editado|editat|bewerkt|edytowane"
    r"|redigeret|redigert|redigerad|muokattu|upravené|編集済み|편집됨|编辑|已编辑|已編輯|編輯|已修改)(\(\d+\))?",
    re.IGNORECASE,
)
#: Darktable writes a sidecar for each version of a picture: ``a_01.jpg.xmp``.
_VERSION = re.compile(r"(.+)_\d\d(\.[^.]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """The names of a folder's pictures: as they are, folded, by what stands before their last dot, by what Takeout
    calls their JSON, and the changed versions (by folded stem and number of the picture that was changed)."""

    names: frozenset[str]
    folded: Mapping[str, Sequence[str]]
    stems: Mapping[str, Sequence[str]]
    json: Mapping[str, Sequence[str]]
    edited: Mapping[tuple[str, str], Sequence[str]]

    @classmethod
    def of(cls, names: Sequence[str]) -> Pictures:
        """The index of some names."""
        ordered = sorted(names)
        return cls(
            names=frozenset(names),
            folded=_grouped((_fold(name), name) for name in ordered),
            stems=_grouped((_fold(_split(name)[0]), name) for name in ordered),
            json=_grouped((json, name) for name in ordered for json in _json_names(name)),
            edited=_grouped((before, name) for name in ordered for before in _before_edit(name)),
        )

    def called(self, name: str) -> Sequence[str]:
        """The picture of this name; those of the same letters where there is none."""
        return (name,) if name in self.names else self.folded.get(_fold(name), ())

    def stemmed(self, stem: str) -> Sequence[str]:
        """The pictures that have this name before their suffix."""
        alike = self.stems.get(_fold(stem), ())
        return [name for name in alike if _split(name)[0] == stem] or alike


def pair(sidecars: Mapping[str, Sequence[str]], pictures: Sequence[str]) -> dict[str, dict[str, int]]:
    """For each sidecar (its name, and the names that stand in it) the pictures it belongs to, each with which of what
    stands in it is meant."""
    index = Pictures.of(pictures)
    forms = {name: form_of(name.encode("utf-8", "surrogateescape")) for name in sidecars}
    found = {name: _pictures(name, forms[name], titles, index) for name, titles in sidecars.items()}
    json = [means for name, means in found.items() if forms[name] is Form.JSON]
    own = {picture for means in json for picture in means}
    for means in json:
        means.update({one: 0 for picture in tuple(means) for one in _edited(picture, index) if one not in own})
    return found


def _pictures(name: str, form: Form | None, titles: Sequence[str], index: Pictures) -> dict[str, int]:
    if form in (Form.PICASA, Form.DESCRIPTIONS):
        return {picture: at for at, title in enumerate(titles) for picture in index.called(title)}
    base = _split(name)[0]
    if form is Form.JSON:
        return dict.fromkeys(_of_json(base, next(iter(titles), ""), index), 0)
    version = _VERSION.fullmatch(base)
    means = index.called(base) or (index.called(version[1] + version[2]) if version else ())
    return dict.fromkeys(means or index.stemmed(base), 0)


def _of_json(base: str, title: str, index: Pictures) -> Sequence[str]:
    """By its name; where that was cut, or says nothing, by the title that stands in the file."""
    plain, number = _numbered(base)
    for bare in (plain, _unmarked(plain)):
        means = index.called(_with_number(bare, number)) or (index.called(bare + number) if number else ())
        if means:
            return means
    titled = index.called(_with_number(title, number)) if title else ()
    return index.json.get(base, ()) or titled or index.stemmed(base)


def _unmarked(stem: str) -> str:
    """Without ``.supplemental-metadata``, or what cutting left of it."""
    before, dot, last = stem.rpartition(".")
    return before if before and _TAKEOUT_MARK.startswith(dot + last) else stem


def _json_names(picture: str) -> Iterator[str]:
    """What Takeout calls a picture's JSON, without the suffix: until 2024, and since."""
    stem, suffix = _split(picture)
    plain, number = _numbered(stem)
    for title, end in dict.fromkeys(((picture, ""), (plain + suffix, number))):
        yield title[:_TAKEOUT_LONGEST] + end
        yield (title + _TAKEOUT_MARK)[:_TAKEOUT_LONGEST] + end


def _before_edit(picture: str) -> Iterator[tuple[str, str]]:
    """The stem and number of the picture that this one was made of, where it is a changed version."""
    changed = _EDITED.fullmatch(unicodedata.normalize("NFC", _split(picture)[0]))
    if changed:
        yield _fold(changed[1]), changed[2] or ""


def _edited(picture: str, index: Pictures) -> Sequence[str]:
    """The changed versions of a picture: Takeout writes no sidecar for them."""
    stem, number = _numbered(_split(picture)[0])
    return index.edited.get((_fold(stem), number), ())


def _grouped(pairs: Iterable[tuple[_Key, str]]) -> dict[_Key, list[str]]:
    found: dict[_Key, list[str]] = {}
    for key, name in pairs:
        names = found.setdefault(key, [])
        if name not in names[-1:]:
            names.append(name)
    return found


def _numbered(text: str) -> tuple[str, str]:
    found = _NUMBER.fullmatch(text)
    return (found[1], found[2]) if found else (text, "")


def _with_number(name: str, number: str) -> str:
    stem, suffix = _split(name)
    return stem + number + suffix


def _split(name: str) -> tuple[str, str]:
    stem, dot, suffix = name.rpartition(".")
    return (stem, dot + suffix) if stem else (name, "")


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
