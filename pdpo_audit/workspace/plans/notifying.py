"""Who hears of what is due: put into the outbox once, sent until it is taken; a review never waits for it."""

from __future__ import annotations

import hashlib
import smtplib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pdpo_audit.catalogue.schedules import outbox
from pdpo_audit.catalogue.schedules.chain import load_chain
from pdpo_audit.catalogue.schedules.outbox import Notice
from pdpo_audit.errors import AuditError
from pdpo_audit.notices.channels import send_by_channel
from pdpo_audit.notices.mail import MailServer, send_mail, write_mail
from pdpo_audit.notices.webhook import post_notice
from pdpo_audit.plugins import open_notifiers
from pdpo_audit.reports.words.labels import Wording, load_wording
from pdpo_audit.resources import resource
from pdpo_audit.scheduling.standing import Standing, Subject, is_late, milestones
from pdpo_audit.workspace.addresses import read_secret
from pdpo_audit.workspace.plans.addressing import mail_address, people_of
from pdpo_audit.workspace.plans.standing import ScheduleStatus
from pdpo_audit.workspace.project import Project

if TYPE_CHECKING:
    from pdpo_audit.scheduling.standing import DueDate, Milestone

#: Seconds until a notice that was not taken is tried again; the last counts from then on.
BACKOFF = (5, 25, 300, 1_800, 7_200, 21_600, 86_400)
#: Nobody else sends a notice that is being sent.
LEASE = timedelta(minutes=5)
#: Seconds beyond its patience after which a call leaves what it did not get to: slow receivers are many.
MOST_SECONDS = 60.0
_STEPS = {-14: "before_14", -3: "before_3", 0: "on_day", 7: "after_7"}
#: Other dates than those of reviews are not told of two weeks before.
_STEPS_OF_OTHERS = (-3, 0, 7)
_SUBJECTS = {
    Subject.REVIEW: "review", Subject.SIGN_OFF: "sign-off", Subject.HOLD: "hold", Subject.EXCEPTION: "exception",
    Subject.RULE_REVIEW: "rule",
    Subject.WORKING_DATA: "data", Subject.QUARANTINE: "quarantine",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Something to tell beside due dates: a review that was missed, failed, or gave an unsealed draft."""

    what: str
    plan: str
    slot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """Notices sent by a call, and those that wait to be tried again with what the newest of them met."""

    sent: int = 0
    waiting: int = 0
    fault: str = ""


def put_notices(project: Project, status: ScheduleStatus, happened: Iterable[Happened] = ()) -> int:
    """Put what is to be told into the outbox; what was put in before is not put in again."""
    settings = project.settings.notices
    if not (settings.smtp or settings.webhook or settings.apprise or settings.notifiers):
        return 0
    notices = [
        *(one for milestone in milestones(status.dues, status.on) for one in _of_milestone(project, milestone, status)),
        *(one for event in happened for one in _of_event(project, event, status)),
    ]
    with project.store.transaction() as transaction:
        return outbox.put(transaction, notices, project.clock())


def deliver(
    project: Project,
    *,
    patience: float = 45.0,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Delivered:
    """Send what waits, and try again what was not taken for ``patience`` seconds; the next call does the rest.

    Whatever a receiver does is a fault that is noted, never an error of the review.
    """
    sent, end = 0, clock() + patience
    while True:
        with project.store.transaction() as transaction:
            notice = outbox.take(transaction, project.clock(), LEASE)
        if notice is None:
            if clock() + BACKOFF[0] >= end or not outbox.waiting(project.store)[0]:
                break
            sleep(BACKOFF[0])
            continue
        fault = _send(project, notice)
        with project.store.transaction() as transaction:
            if fault:
                pause = BACKOFF[min(notice.tries, len(BACKOFF)) - 1]
                outbox.note_fault(transaction, notice, fault, project.clock() + timedelta(seconds=pause))
            else:
                outbox.note_sent(transaction, notice, project.clock())
                sent += 1
        if clock() >= end + MOST_SECONDS:
            break
    count, fault = outbox.waiting(project.store)
    return Delivered(sent=sent, waiting=count, fault=fault)


def _of_milestone(project: Project, milestone: Milestone, status: ScheduleStatus) -> Iterator[Notice]:
    due = milestone.due
    if (
        due.subject not in (Subject.REVIEW, Subject.SIGN_OFF)
        and due.standing is Standing.TO_COME
        and milestone.days < -3
    ):
        return
    words = _SUBJECTS[due.subject], _STEPS[milestone.days]
    to = [*_recipients(project, due), *([project.settings.notices.senior] if milestone.escalated else [])]
    document = _document(project, status, words, due.name, due.due_on.isoformat(), escalated=milestone.escalated)
    yield from _to_each(project, milestone.key, to, document)


def _of_event(project: Project, event: Happened, status: ScheduleStatus) -> Iterator[Notice]:
    document = _document(project, status, (event.what, event.what), event.plan, event.slot, escalated=False)
    key = f"{event.what}|{event.plan}|{event.slot}"
    yield from _to_each(project, key, people_of(project, event.plan, sign=False), document)


def _to_each(project: Project, key: str, names: Sequence[str], document: dict[str, object]) -> Iterator[Notice]:
    settings = project.settings.notices
    addresses = dict.fromkeys(mail_address(project, name) for name in (*settings.recipients, *names))
    for address in filter(None, addresses if settings.smtp else ()):
        yield Notice(key=f"{key}|mail|{address}", way="mail", recipient=address, document=document)
    if settings.webhook:
        yield Notice(key=f"{key}|webhook", way="webhook", recipient="", document=document)
    for channel in settings.apprise:
        yield Notice(key=f"{key}|apprise|{channel}", way="apprise", recipient=channel, document=document)
    for name in settings.notifiers:
        yield Notice(key=f"{key}|notifier|{name}", way="notifier", recipient=name, document=document)


def _recipients(project: Project, due: DueDate) -> list[str]:
    if due.subject in (Subject.REVIEW, Subject.SIGN_OFF):
        return people_of(project, due.name, sign=due.subject is Subject.SIGN_OFF)
    holders = project.settings.holders(project.clock().date())
    return [holders.get("dpo", ""), holders.get("legal", "") if due.subject is not Subject.WORKING_DATA else ""]


def _document(
    project: Project, status: ScheduleStatus, words: tuple[str, str], name: str, day: str, *, escalated: bool
) -> dict[str, object]:
    """What a notice says: counts, a link and the head of the chain of reviews; subject and text in each language."""
    settings, chain = project.settings.notices, load_chain(project.store)
    counts = {
        "overdue": len(status.late),
        "due": sum(one.standing is Standing.DUE for one in status.dues),
        "coming": sum(not is_late(one) and one.standing is Standing.TO_COME for one in status.dues),
    }
    said = {
        "name": name, "day": day, "link": settings.link, "head": chain[-1].sha256 if chain else "",
        "organisation": project.settings.organisation.name or "pdpo-audit", **counts,
    }  # fmt: skip
    spoken = [_speak(language, words, said, escalated=escalated) for language in settings.languages]
    return {
        "what": words[0], "step": words[1], "of": name, "day": day, "counts": counts, "link": settings.link,
        "head": said["head"], "escalated": escalated, "subject": " / ".join(subject for subject, _ in spoken),
        "text": "\n\n".join(text for _, text in spoken),
    }  # fmt: skip


def _speak(language: str, words: tuple[str, str], said: dict[str, object], *, escalated: bool) -> tuple[str, str]:
    labels: Wording = load_wording(resource("report_templates") / "notices", language)
    values = {**said, "what": labels.labels["what"][words[0]].format(**said), "when": labels.labels["when"][words[1]]}  # type: ignore[index]
    lines = ["greeting", "statement", "counts", "link" if said["link"] else "no_link"]
    lines += ["head"] if said["head"] else []
    lines += ["escalated"] if escalated else []
    texts = {name: str(labels.labels[name]).format(**values) for name in (*lines, "subject", "foot")}
    return texts["subject"], "\n".join([*(texts[name] for name in lines), "", texts["foot"]])


def _send(project: Project, notice: Notice) -> str:
    """Hand a notice over; what went wrong, empty where nothing did."""
    settings, at = project.settings.notices, project.clock()
    identity = hashlib.sha256(f"{project.folder}|{notice.key}".encode()).hexdigest()[:40]
    try:
        if notice.way == "webhook":
            secret = (
                read_secret(settings.webhook_secret, project.folder, "the secret of the webhook")
                if settings.webhook_secret
                else ""
            )
            post_notice(settings.webhook, notice.document, secret=secret, identity=identity, at=int(at.timestamp()))
        elif notice.way == "notifier":
            _by_notifier(notice, identity)
        elif notice.way == "apprise":
            address = read_secret(notice.recipient, project.folder, "the address of a channel")
            subject, text = str(notice.document["subject"]), str(notice.document["text"])
            send_by_channel(address, subject=subject, text=text)
        else:
            _mail(project, notice, identity, at)
    except AuditError as error:
        return f"{error.message}: {error.advice}" if error.advice else error.message
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _by_notifier(notice: Notice, identity: str) -> None:
    (notifier,) = open_notifiers([notice.recipient]).values()
    subject, text = str(notice.document["subject"]), str(notice.document["text"])
    try:
        notifier.notify(subject=subject, text=text, document=notice.document, identity=identity)
    except Exception as error:
        raise OSError(f'notifier "{notice.recipient}": {type(error).__name__}: {error}') from error


def _mail(project: Project, notice: Notice, identity: str, at: datetime) -> None:
    settings = project.settings.notices
    password = read_secret(settings.password, project.folder, "the password for mail") if settings.password else ""
    sender = settings.sender or notice.recipient
    message = write_mail(
        sender=sender, recipient=notice.recipient, subject=str(notice.document["subject"]),
        text=str(notice.document["text"]), identity=identity, at=at,
    )  # fmt: skip
    send_mail(MailServer(url=settings.smtp, sender=sender, user=settings.user, password=password), message)
