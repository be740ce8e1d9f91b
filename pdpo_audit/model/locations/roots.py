"""The root of a source: what tells it from another one, and why it may not be what was scanned before."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pdpo_audit.model.locations.printed import amount

#: Stands in ``vanished_on`` of a holding of which nobody knows whether it is still there: it is neither held nor gone.
NOT_REACHED = "not reached"


class Doubt(StrEnum):
    """Why absence is no evidence: nothing of such a source counts as examined, held or gone until a person says so."""

    MISSING = "missing"  # it cannot be listed
    EMPTY = "empty"  # it is there, and holds nothing of what it held
    LINK = "link"  # a link took the place of the folder
    OTHER_STORE = "other_store"  # another device, share or disk lies there
    LOSS = "loss"  # more of its files are gone than `source_loss` and `source_loss_files` allow
    FOLDERS = "folders"  # folders in it that were listed before cannot be listed now; the rest of it was
    BROKEN_OFF = "broken_off"  # it was listed, and went away before all that was new in it was read


#: Doubts that leave the rest of a source reached.
PARTLY = frozenset({Doubt.FOLDERS, Doubt.BROKEN_OFF})


@dataclass(frozen=True, slots=True, kw_only=True)
class RootIdentity:
    """What tells one root from another: ``device`` and ``inode`` as the system numbers them, both within 63 bits.

    ``store`` identifies the file system also after it was mounted anew under another number; empty where nothing does.
    ``linked`` says that the declared path is a symbolic link.
    """

    device: int
    inode: int
    store: str = ""
    linked: bool = False

    def is_same_store(self, other: RootIdentity) -> bool:
        """Whether both are on one store: with equal store ids a new device number means that it was mounted anew."""
        if self.store != other.store:
            return False
        return self.device == other.device or bool(self.store and self.inode == other.inode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What trying a store told: why it cannot be listed (empty where it can), and what its login may do ``beyond``
    reading; ``None`` where the store does not tell."""

    problem: str
    beyond: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedLoss:
    """What a source may lose and still count as reached: a ``share`` of its files (0 to 1), and ``files`` of them
    whatever their share, as long as half of the source is there. Who tidies up a small folder is no outage."""

    share: float = 1.0
    files: int = 0

    def of(self, known: int) -> float:
        """How many of ``known`` files may be gone."""
        return max(self.share * known, min(self.files, known // 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRoot:
    """The root as the last scan that reached it left it, with ``files``, the number of files it held.

    ``identity`` is ``None`` where no scan has asked for it yet. ``accepted``: a person said that it is as it should be;
    its next scan takes any loss as it is.
    """

    identity: RootIdentity | None
    files: int
    accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotReached:
    """A source, or part of one, that was not reached: ``files`` were known of it, ``lost`` of them are missing.

    ``since`` is the day (ISO 8601) on which that was first found; ``cause`` what a store answered, where it said.
    """

    source: str
    doubt: Doubt
    files: int
    lost: int
    since: str
    cause: str = ""

    @property
    def partly(self) -> bool:
        """Whether the rest of the source was reached."""
        return self.doubt in PARTLY

    def words(self) -> str:
        """Why, as a sentence for people."""
        match self.doubt:
            case Doubt.MISSING if self.cause:
                return self.cause
            case Doubt.MISSING:
                return "its folder is missing or cannot be listed: its share may not be mounted, or not be readable"
            case Doubt.EMPTY:
                return (
                    f"its folder holds none of the {amount(self.files, 'file')} it held: its share may not be mounted"
                )
            case Doubt.LINK:
                return "a link took the place of the folder"
            case Doubt.OTHER_STORE:
                return "another disk or share lies at its place"
            case Doubt.LOSS:
                return f"{self.lost:,} of its {amount(self.files, 'file')} {'is' if self.lost == 1 else 'are'} missing"
            case Doubt.FOLDERS if not self.lost:
                return "folders in it cannot be listed"
            case Doubt.FOLDERS:
                return f"folders with {self.lost:,} of its {amount(self.files, 'file')} cannot be listed any more"
            case Doubt.BROKEN_OFF:
                return f"it went away before {self.lost:,} of its {amount(self.files, 'file')} could be read"
