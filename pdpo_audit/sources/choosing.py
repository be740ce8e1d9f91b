"""What of a source the settings let in and leave out."""

from __future__ import annotations

from dataclasses import dataclass, field

from pdpo_audit.model.locations.patterns import LANGUAGE, Patterns, compiled
from pdpo_audit.model.locations.printed import printed, printed_place

#: Names of files that may hold several pages.
_WITH_PAGES = (b".tif", b".tiff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """All files that match an ``include`` pattern and no ``exclude`` one (``model.locations.patterns``)."""

    include: tuple[str, ...] = ("**/*",)
    exclude: tuple[str, ...] = ()

    _chosen: Patterns | None = field(init=False, repr=False, compare=False)
    _refused: Patterns | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_chosen", None if self.include == ("**/*",) else compiled(*self.include))
        object.__setattr__(self, "_refused", compiled(*self.exclude) if self.exclude else None)

    def __str__(self) -> str:
        return repr((LANGUAGE, self.include, self.exclude))

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return self._chosen is self._refused is None

    def wants(self, locator: bytes, member: str = "") -> bool:
        """Whether a file is let in, or a picture in it."""
        place = printed_place(locator, member)
        return (self._chosen is None or self._chosen.matches(place)) and not self.refuses(place)

    def refuses(self, place: str) -> bool:
        """Whether a printed place is left out whatever lets it in."""
        return self._refused is not None and self._refused.matches(place)

    def is_worth_reading(self, locator: bytes) -> bool:
        """Whether a file is let in, or may hold pictures that are."""
        place, chosen = printed(locator), self._chosen
        if self.refuses(place):
            return False
        pages = locator.lower().endswith(_WITH_PAGES)
        return chosen is None or chosen.matches(place) or (pages and chosen.may_match_page(place))
