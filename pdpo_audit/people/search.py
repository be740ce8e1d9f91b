"""Person search for a data access request: reference photographs in, a ranked review list out, never an answer.

By law and by default this is off (PCPD guidance on biometric data, 2020: necessary, least intrusive, assessed, with an
end). It runs only under a ``SearchPermit`` that names purpose, approver, impact assessment and expiry. Descriptions of
faces live in the memory of one child process (``dlib_child``) and end with it; what comes back is distances.

The list is only a list. dlib's usual cut of 0.6 takes 40 % of pairs of different East Asian people for the same person
(0.3 % of Western ones), so no distance decides anything here: people look, from the top.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from pdpo_audit.errors import CallError
from pdpo_audit.model.people import Face, Grade
from pdpo_audit.people.crops import FaceCrop
from pdpo_audit.people.detectors.dlib_process import DlibProcess
from pdpo_audit.people.detectors.passes import EngineFailed

#: One reference finds 77 of 100 photographs of a person at a distance where three find 87 with fewer others.
ENOUGH_REFERENCES = 3
#: Nothing beyond this plain distance is listed (99 % of a person's photographs lie below, with three references).
LISTED_BELOW = 0.60
#: Locally scaled distance below which a line is marked "likely"; it brings the groups within a factor of two.
LIKELY_BELOW = 0.85

#: What every list and report must carry.
BIAS = (
    "A ranked list for review, never an answer. Measured on dlib 20's descriptions: at a distance of 0.6, 40 % of "
    "pairs of different East Asian people and 0.3 % of different Western people fall below; at 0.5, 5.3 % and 0.0 %. "
    "Where more than 60 faces are compared, distances are scaled by each face's surroundings, which brings the groups "
    "within a factor of about two of each other."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPermit:
    """Who allowed this search, for what, under which assessment, until when; all of it is printed on the report."""

    purpose: str = ""
    approved_by: str = ""
    pia_reference: str = ""
    expires_on: date | None = None

    def check(self, today: date) -> None:
        """CallError naming what is missing or over; the day of expiry is the last on which it holds."""
        stated = {"purpose": self.purpose, "approved_by": self.approved_by, "pia_reference": self.pia_reference}
        missing = [name for name, text in stated.items() if not text.strip()]
        if self.expires_on is None:
            missing.append("expires_on")
        if missing:
            raise CallError(
                f"Person search is off: {', '.join(missing)} not stated.",
                advice="Search by picture first: pdpo-audit find PHOTO. To search by face, state all four under "
                "[faces.search] (in older settings [people.search]).",
            )
        if self.expires_on is not None and self.expires_on < today:
            raise CallError(
                f"Person search is off: its approval ended on {self.expires_on.isoformat()}.",
                advice="Have it approved again, with a new date.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One face of the library on the review list, best first; ``distance`` is that to the nearest reference.

    ``scaled`` is ``None`` where too few faces were compared to scale by.
    """

    content: int
    face: Face
    distance: float
    scaled: float | None
    likely: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewList:
    """The result of one search with what a reader must know of it."""

    candidates: tuple[Candidate, ...]
    references: int
    compared: int
    not_compared: int
    cautions: tuple[str, ...]


@dataclass(slots=True)
class PersonSearch:
    """One search: references first, then the library's pictures, then the list. Close it to forget everything."""

    permit: SearchPermit
    today: date
    _process: DlibProcess = field(init=False)
    _faces: list[tuple[int, Face]] = field(default_factory=list, init=False)
    _references: int = field(default=0, init=False)
    _failed: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.permit.check(self.today)
        self._process = DlibProcess()

    def refer(self, faces: Sequence[FaceCrop]) -> Face:
        """Take the one recognisable face of a reference photograph; CallError where there is none or more than one."""
        if len(faces) != 1:
            raise CallError(
                f"A reference photograph must show exactly one recognisable face; this one shows {len(faces)}.",
                advice="Cut it down to the person who asks.",
            )
        (crop,) = faces
        self._process.ask({"do": "refer", "square": list(crop.square)}, crop.pixels)
        self._references += 1
        return crop.face

    def compare(self, content: int, faces: Iterable[FaceCrop]) -> None:
        """Add the comparable faces of one picture of the library; those that fail are counted."""
        for crop in faces:
            if not comparable(crop.face):
                self._failed += 1
                continue
            try:
                self._process.ask({"do": "add", "square": list(crop.square)}, crop.pixels)
            except EngineFailed:
                self._failed += 1
            else:
                self._faces.append((content, crop.face))

    def ranked(self) -> ReviewList:
        """The list for review, nearest first; CallError before any reference was given."""
        if not self._references:
            raise CallError("No reference photograph was given.", advice="Give three or more.")
        told = self._process.ask({"do": "rank"})
        scaled: Sequence[float | None] = told["scaled"] or [None] * len(self._faces)
        entries = zip(self._faces, told["plain"], scaled, strict=True)
        listed = [
            _candidate(content, face, plain, own) for (content, face), plain, own in entries if plain <= LISTED_BELOW
        ]
        listed.sort(key=lambda one: (one.distance if one.scaled is None else one.scaled, one.content, one.face.x))
        return ReviewList(
            candidates=tuple(listed),
            references=self._references,
            compared=len(self._faces),
            not_compared=self._failed,
            cautions=self._cautions(scaled_known=bool(told["scaled"])),
        )

    def close(self) -> None:
        """End the process that holds the descriptions."""
        self._process.close()

    def _cautions(self, *, scaled_known: bool) -> tuple[str, ...]:
        said = [BIAS]
        if self._references < ENOUGH_REFERENCES:
            said.append(
                f"Only {self._references} of at least three references: about one photograph in five is missed."
            )
        if not scaled_known:
            said.append("Too few faces were compared to scale distances: no line is marked likely.")
        if self._failed:
            said.append(f"{self._failed} faces are too small, too blurred or too doubtful to be compared.")
        return tuple(said)


def comparable(face: Face) -> bool:
    """Whether a description of this face means anything: below, rank-1 falls under two thirds."""
    return face.grade in (Grade.IDENTIFIABLE, Grade.BORDERLINE)


def _candidate(content: int, face: Face, plain: float, scaled: float | None) -> Candidate:
    likely = scaled is not None and scaled <= LIKELY_BELOW
    rounded = None if scaled is None else round(scaled, 3)
    return Candidate(content=content, face=face, distance=round(plain, 3), scaled=rounded, likely=likely)
