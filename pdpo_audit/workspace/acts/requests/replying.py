"""The facts of the reply to a person: what became of each of their copies, what stays and why, what is not reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from pdpo_audit.model.disposition.acts import NEVER_REACHED, State
from pdpo_audit.reports.words.labels import Wording, load_wording
from pdpo_audit.resources import resource
from pdpo_audit.workspace.acts.approving import named_plan
from pdpo_audit.workspace.acts.listing import list_items
from pdpo_audit.workspace.acts.requests.planning import KeptRequest, kept_request
from pdpo_audit.workspace.project import Project

#: Days in which access (s.19(1)) and correction (s.23(1)) are answered; other requests have no such day in the law.
_DAYS = {"access": 40, "correction": 40}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the letter may state; it names no place, for these may name other people.

    ``done`` and ``open`` count copies by act and by where they stand, ``left`` copies with no act by why; ``ends_on``
    is the last day in quarantine, until which copies are still held. ``answer_by`` is empty where the law names no day.
    """

    plan_id: str
    kind: str
    reference: str
    received_on: str
    answer_by: str
    named: int
    done: Mapping[str, int]
    open: Mapping[str, int]
    ends_on: str
    left: Mapping[str, int]
    #: The facts as sentences, by language.
    texts: Mapping[str, str] = field(default_factory=dict)
    not_reached: tuple[str, ...] = NEVER_REACHED


def reply_facts(project: Project, plan_id: str) -> Reply:
    """How the request stands that a plan was made for.

    :raises CallError: there is no such plan, or it was made for no request.
    """
    stored = named_plan(project, plan_id)
    kept = kept_request(project, stored.header.plan_id)
    items = list_items(project, stored.header.plan_id)
    settled = (State.DONE.value, State.CERTIFIED.value)
    left = Counter(why for _, _, why in kept.left)
    left.update(one.words or one.detail for one in items if one.state in (State.FAILED.value, State.UNDONE.value))
    waits = [one for one in items if one.state not in (*settled, State.FAILED.value, State.UNDONE.value)]
    facts = Reply(
        plan_id=kept.plan_id, kind=kept.kind, reference=kept.reference, received_on=kept.received_on,
        answer_by=_answer_by(kept), named=kept.named,
        done=dict(Counter(one.act for one in items if one.state in settled)),
        open=dict(Counter(one.state for one in waits)),
        ends_on=max((one.ends_on for one in waits), default=""), left=dict(left),
    )  # fmt: skip
    return replace(facts, texts={language: _text(facts, language) for language in ("en", "zh-Hant")})


def _text(reply: Reply, language: str) -> str:
    words = load_wording(resource("report_templates") / "disposal", language)
    return "\n".join(_sentences(reply, words)) + "\n"


def _sentences(reply: Reply, words: Wording) -> Iterator[str]:
    def said(name: str, **values: object) -> str:
        return str(words(f"reply.{name}", **values)).replace("<strong>", "").replace("</strong>", "")

    yield said("head", kind=str(words(f"reply.kinds.{reply.kind}")), reference=reply.reference, day=reply.received_on)
    if reply.answer_by:
        yield said("answer_by", day=reply.answer_by)
    yield said("named", n=reply.named)
    for act, count in sorted(reply.done.items()):
        yield said("done", n=count, act=str(words(f"acts.{act}")))
    for state, count in sorted(reply.open.items()):
        yield said("open", n=count, state=str(words(f"states.{state}")))
    if reply.ends_on:
        yield said("ends_on", day=reply.ends_on)
    for why, count in sorted(reply.left.items()):
        yield said("left", n=count, why=why)
    yield said("not_reached")
    yield said("complain")


def _answer_by(kept: KeptRequest) -> str:
    days = _DAYS.get(kept.kind)
    return (date.fromisoformat(kept.received_on) + timedelta(days=days)).isoformat() if days else ""
