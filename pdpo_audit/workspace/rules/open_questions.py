"""Questions that are open in a reviewer's sources, from what the newest assessment waits for; answered one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pdpo_audit.catalogue.audits import load_audits
from pdpo_audit.catalogue.queries.falling_due import missing_by_source
from pdpo_audit.catalogue.sayings.judgements import load_answers
from pdpo_audit.errors import CallError
from pdpo_audit.policy.asking.question_texts import chinese_of, english_of
from pdpo_audit.policy.stating.answers import EVERYWHERE, NO_FLAGS, Answer, choices_of, parse_answer
from pdpo_audit.policy.terms.fact_table import UnfitError
from pdpo_audit.policy.terms.facts import REGISTRY, Fact, FactType
from pdpo_audit.policy.terms.wording import Gloss
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.rules.asking import take_answers

_WORDS = {"yes": Gloss(en="yes", zh="是"), "no": Gloss(en="no", zh="否"), NO_FLAGS: Gloss(en=NO_FLAGS, zh="以上皆無")}
#: The pattern of an answer for a whole source.
_WHOLE = "**"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerChoice:
    """What can be said: as it is recorded, and as people read it, by language."""

    value: str
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """A fact that copies of one source wait for: the question by language, what can be said, how many wait for it.

    ``kind`` is ``date``, ``count`` or ``text`` where there are no choices.
    """

    source: str
    fact: str
    text: Mapping[str, str]
    choices: tuple[AnswerChoice, ...]
    kind: str
    holdings: int


def open_questions(project: Project, sources: Collection[str]) -> list[OpenQuestion]:
    """What is asked of some sources, what most copies wait for first; nothing that was answered since.

    A copy often waits for several facts, and most fall away with the first: of each set the one is asked that most
    copies wait for.
    """
    known = load_audits(project.store)
    if not known:
        return []
    waiting = [row for row in missing_by_source(project.store, known[-1].audit_id) if row[0] in sources]
    asked: Counter[str] = Counter()
    for _, facts, count in waiting:
        asked.update(dict.fromkeys(facts, count))
    answered = {(row.source, row.fact) for row in load_answers(project.store) if row.pattern in (_WHOLE, "**/*")}
    found: Counter[tuple[str, str]] = Counter()
    for source, facts, count in waiting:
        left = [one for one in facts if _can_be_asked(one) and not {(source, one), (EVERYWHERE, one)} & answered]
        if left:
            found[source, max(left, key=lambda one: (asked[one], one))] += count
    return [_question(source, fact, count) for (source, fact), count in found.most_common()]


def answer_question(
    project: Project, sources: Collection[str], *, source: str, fact: str, value: str, folder: str, by: str
) -> None:
    """Take one answer, for a source or a folder in it.

    :raises CallError: it is not asked of this person, or the value cannot be read.
    """
    if source not in sources or not _can_be_asked(fact):
        raise CallError("this is not asked of you")
    try:
        read = parse_answer(REGISTRY[fact], value)
    except UnfitError as error:
        raise CallError(str(error)) from None
    if read is None:
        raise CallError("say something, or leave it open")
    inside = folder.strip().strip("/")
    answer = Answer(
        source=source, pattern=f"{inside}/**" if inside else _WHOLE, fact=fact, value=read, answered_by=by,
        answered_on=project.clock().date(),
    )  # fmt: skip
    take_answers(project, [answer])


def _can_be_asked(fact: str) -> bool:
    return fact in REGISTRY and REGISTRY[fact].asked


def _choice(fact: Fact, word: str) -> AnswerChoice:
    gloss = fact.values.get(word) or _WORDS.get(word, Gloss(en=word.replace("_", " "), zh=word))
    return AnswerChoice(value=word, text={"en": gloss.en, "zh-Hant": gloss.zh})


def _question(source: str, fact: str, count: int) -> OpenQuestion:
    asked = REGISTRY[fact]
    kinds = {FactType.DATE: "date", FactType.COUNT: "count"}
    return OpenQuestion(
        source=source,
        fact=fact,
        text={
            "en": english_of(asked, (source,), _WHOLE, (), differs=False, hint=False),
            "zh-Hant": chinese_of(asked, (source,), _WHOLE, (), differs=False),
        },
        choices=tuple(_choice(asked, word) for word in choices_of(asked)),
        kind=kinds.get(asked.type, "text"),
        holdings=count,
    )
