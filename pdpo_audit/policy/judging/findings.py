"""The findings: what each rule says of each holding, or of a whole source."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.findings import ALTERING, TASKS, Act, AuthorityRank, Outcome, PackIdentity, Severity
from pdpo_audit.model.tables import Table, frozen_columns
from pdpo_audit.policy.judging.conditions import Evaluator, Verdict
from pdpo_audit.policy.judging.constellations import OUTCOMES, Picture, freed
from pdpo_audit.policy.judging.dating import Dated, Days
from pdpo_audit.policy.judging.effects import days_of
from pdpo_audit.policy.judging.finding_rows import (
    Columns,
    Kind,
    constants,
    finding_id,
    of_whole_sources,
    repeated,
    rows_in_table,
)
from pdpo_audit.policy.judging.ladder import Alternatives, Says
from pdpo_audit.policy.judging.words import phrases
from pdpo_audit.policy.terms.authorities import Confidence
from pdpo_audit.policy.terms.fact_table import Codes, distinct
from pdpo_audit.policy.terms.identities import Who
from pdpo_audit.policy.terms.proposals import Proposal
from pdpo_audit.policy.terms.rules import Rule, RuleException, Scope
from pdpo_audit.policy.terms.wording import Gloss

if TYPE_CHECKING:
    import pandas as pd

#: Where a copy has to stay, what may not be done to it: the ladder takes the proposal's place.
_STOPPED: dict[Outcome, tuple[frozenset[Act], Proposal]] = {
    Outcome.ON_HOLD: (frozenset(Act) - TASKS, Proposal.KEEP_ON_HOLD),
    Outcome.CONFLICT: (ALTERING, Proposal.DECIDE),
    Outcome.MUST_KEEP: (ALTERING, Proposal.KEEP),
}

_MEANWHILE = Gloss(" Nothing is erased meanwhile.", "在此期間不作任何刪除。")

#: Proposals that move or thin out copies without being an erasure.
_MOVING = frozenset({Proposal.RECORD_PURPOSE_OR_ERASE, Proposal.KEEP_ONE_MASTER, Proposal.MOVE_TO_PROPER_SYSTEM})


class Speech(Enum):
    """What a finding is about."""

    RAN_OUT = 1
    ENDED = 2
    STAYS = 3
    OBSERVED = 4


def find(picture: Picture, who: Who) -> pd.DataFrame:
    """The table ``findings``."""
    import pandas as pd

    parts = list(_parts(picture, who))
    columns = {}
    for name in frozen_columns(Table.FINDINGS):  # column by column, so that no text column exists twice for long
        pieces = [part.pop(name) for part in parts]
        joined = np.concatenate(pieces) if pieces else np.zeros(0, object)
        columns[name] = pd.Series(joined, dtype=object)
    return pd.DataFrame(columns, copy=False)


def _parts(picture: Picture, who: Who) -> Iterator[Columns]:
    for index, effect in enumerate(picture.effects):
        if effect.rule.scope is Scope.SOURCE:
            yield _of_sources(picture, index, who)
        else:
            yield _of_holdings(picture, index, who)
        yield from _expired(picture, index, who)


def _speech(found: Alternatives, outcome: Outcome) -> Speech | None:
    """What a rule has to say beside an outcome; nothing while it is unsure or merely waits."""
    if len(found) != 1:
        return None
    kinds = {word.says for words in found for word in words}
    if Says.CEILING_OUT in kinds:
        return Speech.RAN_OUT
    if kinds & {Says.PERMISSION_ENDED, Says.PURPOSE_ENDED}:
        return Speech.ENDED
    if kinds & {Says.OBSERVED, Says.UNDECIDED, Says.BLOCKED}:
        return Speech.OBSERVED
    if kinds & {Says.FLOOR_RUNS, Says.KEEP} and outcome is Outcome.CONFLICT:
        return Speech.STAYS
    return None


def _proposal(rule: Rule, speech: Speech, outcome: Outcome) -> Proposal:
    if speech is Speech.STAYS:
        return Proposal.DECIDE
    acts, instead = _STOPPED.get(outcome, (frozenset(), rule.proposal))
    return instead if rule.act in acts or rule.proposal in _MOVING else rule.proposal


def _speaking(picture: Picture, index: int) -> NDArray[np.bool_]:
    """The rows of which the rule says something."""
    effect = picture.effects[index]
    released = picture.releases.of_rule(index, len(picture.unit_set))
    plain = np.array([_speaks(turn.alternatives) for turn in effect.turns], bool).reshape(-1, len(OUTCOMES))
    loose = np.array([_speaks(freed(turn.alternatives)) for turn in effect.turns], bool).reshape(-1, len(OUTCOMES))
    turns = picture.turns(index)
    by_unit = np.where(released, loose[turns, picture.outcome], plain[turns, picture.outcome])
    found: NDArray[np.bool_] = by_unit[picture.row_unit]
    return found


def _speaks(found: Alternatives) -> list[bool]:
    return [_speech(found, outcome) is not None for outcome in OUTCOMES]


def _of_holdings(picture: Picture, index: int, who: Who) -> Columns:
    rows = np.flatnonzero(_speaking(picture, index))
    units = picture.row_unit[rows]
    kinds, first = _kinds(picture, index, units)
    described = [_describe(picture, index, int(units[at])) for at in first]
    return rows_in_table(picture, index, who.rows(rows), kinds, described)


def _kinds(picture: Picture, index: int, units: Codes) -> tuple[Codes, Codes]:
    """Units that get the same words: same turn, same outcome, same days, same holds."""
    effect = picture.effects[index]
    sets = picture.unit_set[units]
    own = effect.own[sets]
    released = picture.releases.of_rule(index, len(picture.unit_set))[units]
    keys: list[NDArray[np.signedinteger]] = [effect.code[sets], picture.outcome[units], picture.unit_holds[units]]
    keys += [released.astype(np.int8)]
    for dated in effect.variants:
        days = [dated.counted, dated.ceiling, dated.end, dated.floor, dated.review] if dated else []
        which = [dated.counted_fact, dated.end_fact] if dated else []
        keys += [found[own] for found in days if found is not None]
        keys += [found[own] + np.int8(1) for found in which if found is not None]
    return distinct(keys, len(units))


def _describe(picture: Picture, index: int, unit: int) -> Kind:
    effect, outcome = picture.effects[index], OUTCOMES[picture.outcome[unit]]
    speech = _speech(picture.alternatives(index, unit), outcome)
    assert speech is not None
    at = int(picture.unit_set[unit])
    variant = effect.turns[effect.code[at]].variant
    dated = effect.variants[variant]
    start, due, text = _dated_text(picture.on, effect.rule, dated, speech, int(effect.own[at]))
    if outcome is Outcome.ON_HOLD:
        text += Gloss(" ", "") + phrases.hold_text(picture.holds.sets[picture.unit_holds[unit]]) + _MEANWHILE
    elif outcome is Outcome.CONFLICT and speech is not Speech.OBSERVED:
        text += Gloss(" Rules stand against each other here; a person decides.", "此處規則互相牴觸，由人決定。")
    elif outcome is Outcome.MUST_KEEP and effect.rule.act in ALTERING:
        text += Gloss(" Erasure is not proposed: the holding must be kept.", "不建議刪除：此項影像必須保留。")
    if effect.waits and not variant and speech is Speech.OBSERVED:
        return Kind(Proposal.ADOPT_PERIOD, "", "", phrases.suggested(effect.rule, picture.on))
    return Kind(_proposal(effect.rule, speech, outcome), _iso(start), _iso(due), text)


def _dated_text(
    on: date, rule: Rule, dated: Dated | None, speech: Speech, at: int
) -> tuple[date | None, date | None, Gloss]:
    if speech is Speech.OBSERVED or dated is None:
        review = _day(dated.review, at) if dated else None
        start = _day(dated.counted, at) if dated and review else None
        return start, review, phrases.observed(rule, review)
    if speech is Speech.ENDED:
        end = _day(dated.end, at)
        assert end is not None and dated.end_fact is not None
        return end, end, phrases.has_ended(rule, on, dated.retention.ends_with[int(dated.end_fact[at])], end)
    if speech is Speech.STAYS:
        until = _day(dated.floor, at)
        return _day(dated.counted, at), until, phrases.must_stay(rule, until)
    return _ran_out(on, rule, dated, at)


def _ran_out(on: date, rule: Rule, dated: Dated, at: int) -> tuple[date | None, date | None, Gloss]:
    start, due = _day(dated.counted, at), _day(dated.ceiling, at)
    period, first = dated.retention.no_longer_than, dated.retention.start
    if start is None or due is None or period is None or first is None or dated.counted_fact is None:
        return None, None, phrases.observed(rule, None)  # out in every case, though the day is not known
    used = dated.counted_facts[int(dated.counted_fact[at])]
    named = used if used in first.facts else first.facts[0]
    return start, due, phrases.ran_out(rule, on, period, used, named, start, due)


def _day(days: Days | None, at: int) -> date | None:
    return date.fromordinal(int(days[at])) if days is not None and days[at] else None


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _of_sources(picture: Picture, index: int, who: Who) -> Columns:
    """One finding for each source of which the rule speaks, however many holdings it covers."""
    import pandas as pd

    speaking = _speaking(picture, index)
    codes, names = pd.factorize(who.column("source"))
    totals = np.bincount(codes, minlength=len(names))
    covered = np.bincount(codes[speaking], minlength=len(names))
    rows: list[int] = []
    kinds: list[int] = []
    described: list[Kind] = []
    for number in np.flatnonzero(covered):
        mine = np.flatnonzero(speaking & (codes == number))
        rows.append(int(mine[0]))
        kinds.append(len(described))
        described.append(_source_kind(picture, index, mine, int(covered[number]), int(totals[number])))
    return rows_in_table(picture, index, of_whole_sources(who, rows), np.array(kinds, np.int64), described)


def _source_kind(picture: Picture, index: int, rows: Codes, covered: int, total: int) -> Kind:
    effect, units = picture.effects[index], picture.row_unit[rows]
    sets = picture.unit_set[units]
    days = np.stack([days_of(effect, sets, field) for field in ("review", "ceiling", "end")])
    earliest = np.where(days > 0, days, np.iinfo(np.int32).max).min(axis=0).argmin()
    said = _describe(picture, index, int(units[earliest]))
    count = Gloss(
        f" Concerns {covered} of the {total} holdings of this source.", f"涉及此來源{total}項影像中的{covered}項。"
    )
    return Kind(effect.rule.proposal, said.counted_from, said.due_on, said.said + count)


def _expired(picture: Picture, index: int, who: Who) -> Iterator[Columns]:
    """An exception that has expired and would still apply is a finding of its own, one for each source."""
    effect = picture.effects[index]
    applies = effect.table(lambda turn: turn.verdict, np.int8)[effect.code]
    evaluator = Evaluator(picture.table, picture.on)
    for exception in effect.rule.exceptions:
        if picture.on <= exception.valid_until or not exception.begun(picture.on):
            continue
        verdict = np.minimum(evaluator.evaluate(exception.when).verdict, applies)
        rows = np.flatnonzero(verdict[picture.table.row_sets] == Verdict.YES)
        _, first = np.unique(who.column("source").to_numpy(object)[rows].astype(str), return_index=True)
        whole = of_whole_sources(who, sorted(int(rows[at]) for at in first))
        text = _expired_text(effect.rule, exception)
        kind = Kind(Proposal.REVIEW, "", exception.valid_until.isoformat(), text)
        table = rows_in_table(picture, index, whole, np.zeros(len(first), np.int64), [kind])
        made_by = exception.pack or picture.rule_packs[index].identity
        yield table | _renamed(made_by, exception, table["source"])


def _renamed(pack: PackIdentity, exception: RuleException, sources: NDArray[np.object_]) -> Columns:
    """The columns in which a finding on an exception differs from one on its rule."""
    cite = Gloss(
        en=f"exception {exception.exception_id}, approved by {exception.approved_by}",
        zh=f"例外情況{exception.exception_id}，由{exception.approved_by}批准",
    )
    rank, confidence = AuthorityRank.ORGANISATION_POLICY.value, Confidence.FOUND.value
    same = constants(pack, exception.exception_id, Severity.MINOR, cite, rank, confidence)
    head = f"{exception.exception_id}\0{pack.name}\0"
    ids = np.array([finding_id(head, "", source, "") for source in sources], object)
    return {"finding_id": ids, **repeated(same, len(sources))}


def _expired_text(rule: Rule, exception: RuleException) -> Gloss:
    name, day, by, reason = exception.exception_id, exception.valid_until, exception.approved_by, exception.reason
    return Gloss(
        en=f"The exception {name} to {rule.rule_id} expired on {day.isoformat()} "
        f"(approved by {by}: {reason.en}); {rule.rule_id} applies without it. Renew or remove it.",
        zh=f"{rule.rule_id}的例外情況{name}已於{day.isoformat()}期滿（由{by}批准：{reason.zh}）；{rule.rule_id}"
        "現不受其限制而適用。請予續期或移除。",
    )
