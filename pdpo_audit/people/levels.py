"""The people level of a picture, with its reason in words. Pure. (That of a duplicate cluster: ``model.people``.)

Reasons never contain a name: they are printed. The names stand apart, in ``PictureLevel.named``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pdpo_audit.model.people import Face, Grade, PeopleLevel, band, rank
from pdpo_audit.model.pictures import Beside, Metadata, laid_over
from pdpo_audit.people.naming import Naming, naming_of
from pdpo_audit.people.sensitivity import sensitivity_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureLevel:
    """``sensitivity`` is ``None`` where nothing was there to look at ("not looked for"), ``()`` where tags or a
    record class were there and none of them is sensitive. ``named`` holds the names found, for the catalogue only;
    ``naming`` all that is tied to the picture, also where nobody was seen on it."""

    level: PeopleLevel
    reason: str
    sensitivity: tuple[str, ...] | None
    named: tuple[str, ...]
    naming: Naming = field(default_factory=Naming)


#: Why a copy that this program masked is not without people.
MASKED = "masked by this program: the faces of the people in it are covered by a solid fill"


def level_of(
    faces: Sequence[Face] | None,
    metadata: Metadata,
    *,
    path: str = "",
    name_patterns: Sequence[str] = (),
    record_class: str = "",
    crowd: bool = False,
    registered: Sequence[str] = (),
    beside: Sequence[Beside] = (),
    masked: bool = False,
) -> PictureLevel:
    """The level of one picture; ``faces`` is ``None`` where the face pass did not run or failed.

    ``name_patterns`` are the workspace's regular expressions, searched in path, caption and keywords; their first
    group, or the whole match, is the name; ``registered`` are sensitivity flags that a register (releases, incidents)
    states of it; ``beside`` is what sidecars say of it; ``masked``: this program covered its faces.
    Raises SettingsError where one is no regular expression.
    """
    seen, reason = _seen(faces, crowd=crowd)
    if masked and seen in (PeopleLevel.P0, PeopleLevel.P1, PeopleLevel.UNKNOWN):
        seen, reason = PeopleLevel.P1, MASKED
    naming = naming_of(metadata, path=path, name_patterns=name_patterns, beside=beside)
    level, reason = _raised(seen, reason, naming)
    return PictureLevel(
        level=level,
        reason=reason,
        sensitivity=sensitivity_of(laid_over(metadata, beside), record_class=record_class, registered=registered),
        named=naming.names if level is PeopleLevel.P3 else (),
        naming=naming,
    )


def _seen(faces: Sequence[Face] | None, *, crowd: bool) -> tuple[PeopleLevel, str]:
    """The level by pixels alone."""
    if faces is None:
        return PeopleLevel.UNKNOWN, "the face pass did not run on this picture"
    exposed = [face for face in faces if face.grade in (Grade.IDENTIFIABLE, Grade.BORDERLINE)]
    if exposed:
        best = max(exposed, key=lambda face: (face.grade is Grade.IDENTIFIABLE, face.height))
        scene = ", in a crowd" if crowd else ""
        return PeopleLevel.P2, f"{_faces(len(exposed))} graded {best.grade.value}{scene}: {best.reason}"
    graded = [face for face in faces if face.grade is Grade.NOT_IDENTIFIABLE]
    if graded:
        return PeopleLevel.P1, f"{_faces(len(graded))} graded not identifiable: {graded[0].reason}"
    if faces:
        return PeopleLevel.P1, max(faces, key=lambda face: face.height).reason
    return PeopleLevel.P0, "no face above the detector's threshold"


def _faces(count: int) -> str:
    return f"{band(count)} face" if count == 1 else f"{band(count)} faces"


def _raised(seen: PeopleLevel, reason: str, naming: Naming) -> tuple[PeopleLevel, str]:
    """Raise what is seen to P3 where associated data names the subject.

    Where no face was seen, only a statement that a person is in the picture does so: a name in a caption or a folder
    may belong to somebody who is not shown.
    """
    if seen in (PeopleLevel.P1, PeopleLevel.P2) and naming.reasons:
        return PeopleLevel.P3, f"{'; '.join(naming.reasons)}; {reason}"
    if naming.shown:
        return PeopleLevel.P3, f"{'; '.join(naming.shown)}; {reason}"
    return seen, reason


def strongest(options: Sequence[PictureLevel]) -> PictureLevel:
    """What names a person at one place names the same person at every place that holds the picture."""
    best = max(options, key=lambda one: rank(one.level))
    looked = [one.sensitivity for one in options if one.sensitivity is not None]
    flags = tuple(sorted({flag for flags in looked for flag in flags})) if looked else None
    return replace(best, sensitivity=flags, named=tuple({name for one in options for name in one.named}))
