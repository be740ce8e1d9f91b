"""Words in the two languages of every rule."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gloss:
    """One thing said in English and in Traditional Chinese."""

    en: str
    zh: str

    def __add__(self, more: Gloss) -> Gloss:
        """Both, one after the other."""
        return Gloss(en=self.en + more.en, zh=self.zh + more.zh)

    def __bool__(self) -> bool:
        return bool(self.en)

    def in_language(self, language: str) -> str:
        """The words for ``en`` or ``zh-Hant``."""
        return self.zh if language == "zh-Hant" else self.en

    def as_labels(self) -> dict[str, str]:
        """Keyed by language tag."""
        return {"en": self.en, "zh-Hant": self.zh}
