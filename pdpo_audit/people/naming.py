"""Who a picture's own data says is in it: declared persons, named face regions, releases, captions, paths. Pure.

The photographer is never the subject: names that also stand in artist, credit or rights do not count.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pdpo_audit.errors import SettingsError
from pdpo_audit.model.people import quoted_sidecar
from pdpo_audit.model.pictures import Beside, Metadata

#: PLUS codes that say that a model of this picture signed a release.
_RELEASED = ("MR-UMR", "MR-LMR")
_AGE_UNKNOWN = ("", "AG-UNK")

#: Surnames of Hong Kong in the government's romanisation, the most frequent ones; a name in a caption is one of them
#: with one or two capitalised given names ("Chan Tai Man", "Chan Tai-man").
_SURNAMES = (
    "Au|Chan|Chau|Cheng|Cheung|Chiu|Choi|Chow|Choy|Chu|Chui|Chung|Fan|Fok|Fong|Fu|Fung|Ho|Hui|Hung|Ip|Kan|Ko|Kong|Ku|Kwan"
    "|Kwok|Kwong|Lai|Lam|Lau|Law|Lee|Leung|Li|Liu|Lo|Luk|Lui|Ma|Mak|Man|Mok|Ng|Ngai|Pang|Poon|Sham|Shek|Shum|Sin|Siu|So"
    "|Sun|Sung|Sze|Szeto|Tai|Tam|Tang|To|Tong|Tsang|Tse|Tso|Tsoi|Tsui|Tung|Wan|Wong|Wu|Yan|Yau|Yeung|Yip|Yiu|Yu|Yue"
    "|Yuen|Yung"
)
#: Places of Hong Kong that are spelled like names.
_PLACES = (
    "Fan Kam|Ho Man Tin|Ho Sheung|Hung Hom|Hung Shui|Kwai Chung|Lai Chi|Lam Tei|Lau Fau|Lo Wu|Ma Liu|Ma On|Ma Tau"
    "|Ma Wan|Mak Pok|Man Kam|Pak Tam|Sham Shui|Sham Tseng|Shek Kip|Shek Kong|Shek O|Siu Lek|Siu Sai|So Kwun|Tai [A-Z]"
    "|To Kwa|Tong Fuk|Tung Chung|Tung Lung|Tung Ping|Wan Chai|Wong Chuk|Wong Nai|Wong Tai Sin|Wu Kai|Yau Ma|Yau Tong"
    "|Yau Yat|Yuen Long|Yung Shue"
)
_PLACE_WORDS = (
    "Road|Street|Lane|Estate|Bay|Island|Park|Court|Tower|Station|Market|Village|Hall|House|School|College|MTR"
)
_CAPTION_NAMES = (
    re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof(?:essor)?|Sir|Madam)\.? +((?:[A-Z][\w'’-]+ ?){1,4})"),
    re.compile(
        rf"\b(?!(?:{_PLACES})\b)((?:{_SURNAMES}) [A-Z][a-z]+(?: [A-Z]|-[A-Za-z])[a-z]+)\b(?! (?:{_PLACE_WORDS}))"
    ),
    re.compile(r"([\u4e00-\u9fff]{2,4})(?:先生|女士|小姐|太太|同學|老師|醫生|博士|教授)"),
)
#: What stands before the photographer's name.
_CREDIT = re.compile(
    r"(?:photo(?:graph(?:y|ed)?)?s?|picture|image|credit|copyright|©|\(c\)|攝影|攝|圖片)\s*(?:by|:|：|/)?\s*$", re.I
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """``reasons`` in words without names; ``shown`` those of them that say a person is in the picture; ``names``.

    ``identifiers`` are the kinds of what tells who it is without a face (words of ``people.other_identifiers``);
    ``persons`` is how many persons at least are named: the most that one kind of data names.
    """

    reasons: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    identifiers: frozenset[str] = frozenset()
    persons: int = 0


def naming_of(
    metadata: Metadata, *, path: str = "", name_patterns: Sequence[str] = (), beside: Sequence[Beside] = ()
) -> Naming:
    """Everything in metadata, path and sidecars that ties a name or a release to the subject.

    Whoever made the picture, as any of them says, is nobody's subject in any of them.
    """
    said = [metadata, *(one.metadata for one in beside)]
    makers = frozenset(name.casefold() for one in said for name in (one.artist, one.credit) if name)
    found = [_naming(metadata, _EMBEDDED, makers, path, name_patterns)]
    found += [
        _naming(one.metadata, _Words.of(quoted_sidecar(one.sidecar)), makers, "", name_patterns) for one in beside
    ]
    return found[0] if len(found) == 1 else _together(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """How reasons say where something stands."""

    persons: str
    regions: str
    captions: str
    patterns: str
    releases: str = ""

    @classmethod
    def of(cls, sidecar: str) -> _Words:
        return cls(
            persons=f"{sidecar} names a person shown",
            regions=f"a face region in {sidecar} carries a name",
            captions=f"a caption or keyword in {sidecar} names a person",
            patterns=f"a name pattern of the workspace matches {sidecar}",
            releases=f" in {sidecar}",
        )


_EMBEDDED = _Words(
    persons="its metadata names a person shown",
    regions="a face region in its metadata carries a name",
    captions="a caption or keyword names a person",
    patterns="a name pattern of the workspace matches",
)


def _naming(
    metadata: Metadata, words: _Words, makers: frozenset[str], path: str, name_patterns: Sequence[str]
) -> Naming:
    def subjects(names: Sequence[str]) -> tuple[str, ...]:
        return tuple(name for name in names if name.casefold() not in makers)

    declared = tuple(name for name in metadata.persons if name)
    tagged = tuple(region.name for region in metadata.regions if region.name)
    texts = (*metadata.keywords, *metadata.remarks)
    captioned = subjects(_names_in_text(metadata.caption) + _names_in_keywords(texts))
    placed = subjects(_matches(name_patterns, (path,)))
    stated = subjects(_matches(name_patterns, (metadata.caption, *texts)))
    matched = tuple(dict.fromkeys((*placed, *stated)))
    released = _releases(metadata, words.releases)
    shown = _said((declared, words.persons), (tagged, words.regions))
    rest = _said((captioned, words.captions), (matched, words.patterns))
    return Naming(
        reasons=(*shown, *rest, *released),
        shown=shown,
        names=tuple(dict.fromkeys((*declared, *tagged, *captioned, *matched))),
        identifiers=_kinds(("caption", (*captioned, *stated)), ("place_name", placed), ("release", released)),
        persons=max(len(set(names)) for names in (declared, tagged, captioned, placed, stated)),
    )


def _together(found: Sequence[Naming]) -> Naming:
    """What each tells by itself, as one."""
    return Naming(
        reasons=tuple(reason for one in found for reason in one.reasons),
        shown=tuple(reason for one in found for reason in one.shown),
        names=tuple(dict.fromkeys(name for one in found for name in one.names)),
        identifiers=frozenset(kind for one in found for kind in one.identifiers),
        persons=max(one.persons for one in found),
    )


def _kinds(*found: tuple[str, Sequence[str]]) -> frozenset[str]:
    return frozenset(kind for kind, names in found if names)


def _said(*sources: tuple[tuple[str, ...], str]) -> tuple[str, ...]:
    return tuple(words for names, words in sources if names)


def _releases(metadata: Metadata, where: str) -> list[str]:
    said = []
    if metadata.model_release in _RELEASED:
        said.append(f"a model release is recorded{where} ({metadata.model_release})")
    if metadata.minor_age not in _AGE_UNKNOWN:
        said.append(f"the model's age is recorded{where} ({metadata.minor_age})")
    return said


def _names_in_text(text: str) -> tuple[str, ...]:
    """Names that a caption gives with a title or in the Hong Kong order, without those that follow a photo credit."""
    found = [match for pattern in _CAPTION_NAMES for match in pattern.finditer(text)]
    return tuple(match[1].strip() for match in found if not _CREDIT.search(text[: match.start()][-40:]))


def _names_in_keywords(keywords: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for keyword in keywords for name in _names_in_text(keyword))


def _matches(patterns: Sequence[str], texts: Sequence[str]) -> tuple[str, ...]:
    found = [match for source in patterns for text in texts for match in _compiled(source).finditer(text)]
    names = (next((group for group in match.groups() if group), match[0]).strip() for match in found)
    return tuple(dict.fromkeys(name for name in names if name))


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise SettingsError(
            f"The name pattern {pattern!r} is no regular expression: {error}.", advice="Correct it under [people]."
        ) from error
