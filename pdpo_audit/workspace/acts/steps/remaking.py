"""What takes the place of a copy: a pointer to the master, or the same picture without faces or names."""

from __future__ import annotations

from dataclasses import dataclass

from pdpo_audit.disposition.altering.results import Altered, Refused
from pdpo_audit.model.disposition.acts import Detail, DisposalAct, Method
from pdpo_audit.model.disposition.plans import PlanItem
from pdpo_audit.model.locations.printed import read_place
from pdpo_audit.ports.disposers import LeftAlone

#: The ending of a pointer file.
POINTER = b".moved.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remade:
    """New content, the place where it goes, how the certificate calls it, and words on what is to be known of it."""

    locator: bytes
    content: bytes
    method: Method
    words: str = ""


def remake(item: PlanItem, made: Altered | Refused | None) -> Remade:
    """The content that takes the place of a copy; ``made`` is what a worker made of its bytes.

    :raises LeftAlone: none could be made that passes its check.
    """
    locator = read_place(item.path)[0]
    if item.act is DisposalAct.LINK:
        return Remade(locator=locator + POINTER, content=_pointer(item), method=Method.REPLACED_BY_LINK)
    if made is None:
        raise LeftAlone(Detail.CHANGED, "its bytes were not those of the plan when the new file was to be made")
    if isinstance(made, Refused):
        raise LeftAlone(Detail.NOT_MASKED, made.said())
    other = made.format == "PNG" and not locator.lower().endswith((b".png", b".apng"))
    return Remade(
        locator=locator + b".png" if other else locator,
        content=made.data,
        method=Method.ANONYMISED if item.act is DisposalAct.MASK else Method.STRIPPED,
        words="; ".join(made.notes),
    )


def _pointer(item: PlanItem) -> bytes:
    """The pointer in both languages; it names the copy that stays, and nothing of who is in the picture."""
    keeper = item.keepers[0]
    lines = (
        "This copy was replaced by a pointer: the picture is kept once, at",
        "本副本已由指標取代：該圖片只保存一份，位於",
        f"    {keeper.source}: {keeper.path}",
        "Ask the owner of that source for access. 如需取用，請聯絡該來源的負責人。",
    )
    return ("\n".join(lines) + "\n").encode("utf-8", "backslashreplace")
