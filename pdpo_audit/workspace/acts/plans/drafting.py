"""The lines of a plan: what each act rests on, what stays, what belongs together, and what is a task for people."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pdpo_audit.catalogue.disposition.plans import on_their_way
from pdpo_audit.disposition.acts.sharing import shares_blocks
from pdpo_audit.disposition.permissions import may
from pdpo_audit.model.disposition.acts import Detail, DisposalAct
from pdpo_audit.model.disposition.approvals import why_legal
from pdpo_audit.model.disposition.plans import Companion, Keeper, PlanItem
from pdpo_audit.model.findings import Outcome
from pdpo_audit.model.locations.holdings import ImageProblem
from pdpo_audit.model.locations.printed import INSIDE, read_place
from pdpo_audit.policy.words.authorities import authority_gloss
from pdpo_audit.ports import Source
from pdpo_audit.workspace.acts.plans.companions import Beside
from pdpo_audit.workspace.acts.plans.keeping import Copies
from pdpo_audit.workspace.acts.plans.selecting import Chosen
from pdpo_audit.workspace.acts.standing import LadderNow, Now, Place, case_of, why_settings_forbid
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.rules.assessing import project_packs


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A copy that fits and is not taken in, with why in words."""

    source: str
    path: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The lines of a plan, and what was not taken in."""

    items: tuple[PlanItem, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """What a look at a file tells beside its bytes."""

    bytes: int
    links: int
    shared: bool


def draft_items(project: Project, ladder: LadderNow, chosen: Sequence[Chosen]) -> Draft:
    """A line for each copy on which its act is allowed, with the copies that stay."""
    together = _with_pairs(ladder.places(), chosen)
    going = [one for one in together if one.act is not DisposalAct.KEEP and not _not_allowed(project, one, True)]
    copies = Copies.of(project, ladder.places(), going)
    keepers = {(one.source, one.path): copies.keepers(one) for one in together}
    refused = _refusals(project, together, keepers)
    today = project.clock().date()
    authorities = {
        rule.rule_id: authority_gloss(rule, today).en for pack in project_packs(project) for rule in pack.rules
    }
    sources = {source.name: source for source in project.sources()}
    beside = Beside()
    items: list[PlanItem] = []
    for one in together:
        place = (one.source, one.path)
        if place not in refused:
            items.append(
                _item(project, one, keepers[place], sources.get(one.source), len(items) + 1, authorities, beside)
            )
    for opened in sources.values():
        opened.close()
    told = tuple(Refused(source=source, path=path, why=why) for (source, path), why in refused.items())
    return Draft(items=tuple(items), refused=told)


def _refusals(
    project: Project, together: Sequence[Chosen], keepers: Mapping[Place, Sequence[Keeper]]
) -> dict[Place, str]:
    """Why lines cannot be; where one picture of a name cannot go, none of that name beside it does."""
    with project.store.reading() as connection:
        taken = on_their_way(connection, [(one.source, one.path) for one in together])
    found: dict[Place, str] = {}
    for one in together:
        place = (one.source, one.path)
        why = "another plan is about to act on it, or has" if place in taken else ""
        if why := why or _refusal(project, one, keepers[place]):
            found[place] = why
    stems = {(source, _stem(path)) for source, path in found if INSIDE not in path}
    for one in together:
        place = (one.source, one.path)
        if place not in found and INSIDE not in one.path and (one.source, _stem(one.path)) in stems:
            found[place] = "a picture of the same name beside it cannot go the same way"
    return found


def _refusal(project: Project, one: Chosen, keepers: Sequence[Keeper]) -> str:
    """Why a line cannot be: the table of the contract as it stands now, the settings, and the copies that stay."""
    settings = project.settings.disposition
    if why := _not_allowed(project, one, any(keeper.sha256 == one.now.sha256 for keeper in keepers)):
        return why
    lacking = settings.copies_that_stay - len(keepers)
    if one.act is DisposalAct.LINK and not keepers:
        return "no copy stays to which a link could lead"
    if one.act is DisposalAct.ERASE and one.now.outcome is not Outcome.DUE and lacking > 0:
        return "fewer copies would stay than [disposition] copies_that_stay"
    return ""


def _not_allowed(project: Project, one: Chosen, preserved: bool) -> str:
    """Why settings or outcome do not allow an act; legal is asked for as a third approval."""
    if why := why_settings_forbid(project.settings, one.act, one.source):
        return why
    now = one.now
    case = case_of(now, decided=bool(one.decision), preserved=preserved, legal=True, excepted=bool(one.until))
    if may(one.act, case):
        return ""
    if one.act is DisposalAct.LINK and not case.additional:
        return "only additional copies are replaced by a link"
    return f"{now.outcome.value} does not allow {one.act.value}" + ("" if one.decision else " without a decision")


def _item(
    project: Project, one: Chosen, keepers: Sequence[Keeper], source: Source | None, number: int,
    authorities: Mapping[str, str], beside: Beside,
) -> PlanItem:  # fmt: skip
    now, file = one.now, _File(bytes=0, links=1, shared=False)
    task = _task(project, one)
    companions: tuple[Companion, ...] = ()
    if not task and source is not None:
        file = _look(source, one.path)
        companions = tuple(beside.companions(source, one.path))
    ends = one.act in (DisposalAct.ERASE, DisposalAct.LINK) and file.links == 1 and not file.shared
    item = PlanItem(
        number=number, source=one.source, path=one.path, sha256=now.sha256, bytes=file.bytes, act=one.act,
        rule=now.rule or now.rules.split(", ")[0], authority=authorities.get(now.rule, ""), due_on=now.due_on,
        outcome=now.outcome.value, proposed=now.proposed, owner=now.owner, cluster_id=now.cluster_id,
        people_level=now.people_level, keepers=tuple(keepers), companions=companions, links=file.links,
        shared=file.shared, frees=file.bytes if ends else 0, task=task, until=one.until, decision=one.decision,
    )  # fmt: skip
    return replace(item, legal=why_legal(item, now.flags))


def _task(project: Project, one: Chosen) -> str:
    """Why nobody here acts on a copy, from the closed list: it lies in another file, or at no folder."""
    if one.act is DisposalAct.KEEP:
        return ""
    if INSIDE in one.path:
        return Detail.IN_CONTAINER.value
    return "" if project.folder_of(one.source) is not None else Detail.NO_DISPOSER.value


def _look(source: Source, path: str) -> _File:
    try:
        file = source.open(read_place(path)[0])
    except ImageProblem:
        return _File(bytes=0, links=1, shared=False)
    try:
        handle = getattr(file, "descriptor", -1)
        links = os.fstat(handle).st_nlink if handle >= 0 else 1
        return _File(bytes=file.stat.size, links=links, shared=handle >= 0 and shares_blocks(handle))
    finally:
        file.close()


def _with_pairs(known: Mapping[Place, Now], chosen: Sequence[Chosen]) -> list[Chosen]:
    """The copies with those that belong to them: pictures of one name beside each other (RAW beside JPEG)."""
    named: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for source, path in known:
        if INSIDE not in path:
            named[source, _stem(path)].append((source, path))
    there = {(one.source, one.path) for one in chosen}
    found = list(chosen)
    for one in chosen:
        if one.act is DisposalAct.KEEP or INSIDE in one.path:
            continue
        for place in named[one.source, _stem(one.path)]:
            if place not in there:
                there.add(place)
                words = one.decision or f"one decision with {one.path}"
                found.append(Chosen(source=place[0], path=place[1], now=known[place], act=one.act, decision=words))
    return found


def _stem(path: str) -> str:
    """Folder and name without its suffix, in one case. (``PurePosixPath`` took a tenth of a large plan's time.)"""
    folder, _, name = path.rpartition("/")
    stem, _, suffix = name.rpartition(".")
    return f"{folder}/{(stem if stem and suffix else name).casefold()}"
