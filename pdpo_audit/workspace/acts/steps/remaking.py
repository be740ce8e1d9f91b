"""What takes the place of a copy: a pointer to the master, or the same picture without faces or names."""

from __future__ import annotations

from dataclasses import dataclass

from pdpo_audit.model.disposition.acts import Detail, DisposalAct, Method
from pdpo_audit.model.disposition.plans import PlanItem
from pdpo_audit.model.locations.printed import read_place
from pdpo_audit.ports.disposers import Disposer, LeftAlone, Taken
from pdpo_audit.workspace.project import Project

#: The ending of a pointer file.
POINTER = b".moved.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remade:
    """New content, the place where it goes, how the certificate calls it, and words on what is to be known of it."""

    locator: bytes
    content: bytes
    method: Method
    words: str = ""


def remake(project: Project, disposer: Disposer, item: PlanItem, taken: Taken) -> Remade:
    """The content that takes the place of a copy.

    :raises LeftAlone: none can be made that passes its check.
    """
    del project, disposer, taken
    if item.act is DisposalAct.LINK:
        locator = read_place(item.path)[0] + POINTER
        return Remade(locator=locator, content=_pointer(item), method=Method.REPLACED_BY_LINK)
    raise LeftAlone(Detail.NOT_MASKED, f"{item.act.value} is not possible here")


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
