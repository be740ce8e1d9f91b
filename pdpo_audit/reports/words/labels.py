"""The words of one language: labels with their numbers in them, names for codes, dates, bytes and money."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from itertools import accumulate
from pathlib import Path

from markupsafe import Markup, escape

from pdpo_audit.errors import SettingsError
from pdpo_audit.model.locations.printed import spelled
from pdpo_audit.reports.words.clauses import translate

#: Marks beside Chinese characters are as wide as these, and have no space after them.
_WIDE = {",": "，", ";": "；", ":": "："}
_BESIDE_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff）])[,;:] ?|[,;:] (?=[\u4e00-\u9fff（])")
#: A word that depends on a value of the label.
_FORMS = re.compile(r"\{(\w+)\|([^|{}]*)\|([^|{}]*)\}")
#: Reports state times as Hong Kong has them.
HKT = timezone(timedelta(hours=8), "HKT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The labels of a template in one language; ``tag`` is the language for HTML and PDF (``zh-Hant-HK``)."""

    language: str
    tag: str
    labels: Mapping[str, object]
    #: How text is printed: escapes what no font can draw.
    show: Callable[[str], str]
    #: Sentences of the rule packs that have a rendering of their own in this language.
    said: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, key: str, **values: object) -> Markup:
        """The label ``key`` with ``values`` in it, every value escaped; ``*words*`` in a label become bold.

        A label with forms ``one`` and ``other`` is chosen by the value ``n``; ``{copies|copy|copies}`` is the word for
        another value that is one, or is not. Numbers get thousands separators.
        """
        label = self._find(key)
        if isinstance(label, Mapping):
            label = label["one" if values.get("n") == 1 and "one" in label else "other"]
        parts = str(escape(str(label))).split("*")
        marked = "".join(f"<strong>{part}</strong>" if place % 2 else part for place, part in enumerate(parts))
        shown = {name: self._shown(value) for name, value in values.items()}
        worded = _FORMS.sub(lambda form: form[2] if str(values.get(form[1])) == "1" else form[3], marked)
        return Markup(worded.format_map(shown))  # noqa: S704  # label and values are escaped above

    def listed(self, names: Iterable[str], most: int = 6, room: int = 110) -> Markup:
        """Names in one line: the first ``most`` that fit into ``room`` letters (two always), and how many more.

        Names that hold the comma themselves ("Sam Ho, Marketing") stand apart by semicolons.
        """
        everything = [shortened(name) for name in names]
        widths = list(accumulate(width(name) + 2 for name in everything))
        most = min(most, max(2, sum(taken <= room for taken in widths)))
        comma = str(self("comma"))
        apart = str(self("semicolon")) if any(comma in name for name in everything[:most]) else comma
        joined = apart.join(map(self.show, everything[:most]))
        rest = len(everything) - most
        return escape(joined) + (self("and_more", n=rest) if rest > 0 else Markup(""))

    def name(self, group: str, code: str) -> str:
        """The word for a code; a code that the language does not know stands for itself."""
        names = self.labels.get(group, {})
        found = names.get(code or "none") if isinstance(names, Mapping) else None
        return str(found) if found is not None else code.replace("_", " ")

    def word(self, text: str) -> str:
        """A word or a line of the workbook in this language; what it has none for stays as it is."""
        return self._group("workbook").get(text, text)

    def named(self, group: str, code: str, english: Mapping[str, str]) -> str:
        """The word for a code, in English that of ``english``: the workbook's English stands in the program."""
        return self.name(group, code) if self.labels else english.get(code, code)

    def phrase(self, text: str) -> str:
        """A sentence in this language: of a rule pack by ``said``, of the program by ``phrases`` and ``fragments``.

        ``{}`` in a phrase stands for anything, which comes back in the same order.
        """
        if text in self.said:
            return self.said[text]
        if (known_word := self.word(text)) != text:
            return known_word
        for known, translated in self._group("phrases").items():
            pattern = "(.+?)".join(re.escape(part) for part in known.split("{}"))
            if found := re.fullmatch(pattern, text, re.DOTALL):
                return translated.format(*found.groups())
        for known, translated in self._group("fragments").items():
            text = text.replace(known, translated)
        return _BESIDE_CHINESE.sub(lambda mark: _WIDE[mark[0].strip()], text) if self.tag.startswith("zh") else text

    def clauses(self, text: str) -> str:
        """A sentence of clauses that a stage of the scan wrote, by ``clauses``."""
        return translate(text, self._group("clauses"), str(self("semicolon"))) if self.labels else text

    def _group(self, name: str) -> dict[str, str]:
        found = self.labels.get(name, {})
        return {str(key): str(value) for key, value in found.items()} if isinstance(found, Mapping) else {}

    def _shown(self, value: object) -> Markup:
        if isinstance(value, Markup):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return escape(f"{value:,}")
        return escape(self.show(str(value)))

    def _find(self, key: str) -> object:
        found: object = self.labels
        for part in key.split("."):
            if not isinstance(found, Mapping) or part not in found:
                raise SettingsError(f"labels/{self.language}.toml: there is no label {key!r}")
            found = found[part]
        return found


#: The workbook's own words, which stand in the program: labels of other languages translate them.
ENGLISH = Wording(language="en", tag="en-HK", labels={}, show=spelled)


def width(text: str) -> int:
    """How much room a text takes, in letters: a Chinese character takes that of two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def shortened(name: str, longest: int = 60) -> str:
    """A name as it stands in a line of text, at most ``longest`` letters wide; tables have it whole."""
    ends = accumulate(map(width, name))
    fitting = sum(end <= longest for end in ends)
    return name if fitting == len(name) else f"{name[:fitting]}…"


def load_wording(folder: Path, language: str, show: Callable[[str], str] = spelled) -> Wording:
    """The wording of a template folder; ``SettingsError`` where the language is missing or its file is broken."""
    path = folder / "labels" / f"{language}.toml"
    try:
        labels = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        known = ", ".join(sorted(found.stem for found in path.parent.glob("*.toml")))
        raise SettingsError(
            f"the report template {folder.name!r} has no labels for {language!r}", advice=f"It has: {known}."
        ) from missing
    except tomllib.TOMLDecodeError as broken:
        raise SettingsError(f"{path}: {broken}") from broken
    return Wording(language=language, tag=str(labels.get("tag", language)), labels=labels, show=show)


def number(value: int) -> str:
    """``1,234,567``."""
    return f"{value:,}"


def size(value: int) -> str:
    """Bytes in decimal units, as storage is billed: ``1.2 GB``."""
    amount = float(value)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:,.0f} {unit}" if unit == "bytes" else f"{amount:,.1f} {unit}"
        amount /= 1000
    return f"{amount:,.1f} TB"


def money(value: float) -> str:
    """HK$, without cents from 100 on."""
    return f"HK${value:,.0f}" if value >= 100 else f"HK${value:,.2f}"


def day(value: date | None) -> str:
    """ISO 8601; nothing for no day."""
    return value.isoformat() if value else ""


def moment(value: datetime) -> str:
    """A time in Hong Kong, to the minute."""
    return value.astimezone(HKT).strftime("%Y-%m-%d %H:%M HKT")


def share(part: int, whole: int) -> str:
    """A percentage without decimals; a dash where there is no whole."""
    return f"{100 * part / whole:.0f}%" if whole else "–"
