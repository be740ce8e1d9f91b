"""The findings: what each rule says of each holding, or of a whole source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.findings import AuthorityRank, Outcome, Severity
from pdpo_audit.model.tables import COLUMNS, Table
from pdpo_audit.policy import phrases
from pdpo_audit.policy.conditions import Evaluator, Verdict
from pdpo_audit.policy.constellations import Constellation, Picture
from pdpo_audit.policy.effects import Dated, RuleEffect
from pdpo_audit.policy.fact_table import Codes, distinct
from pdpo_audit.policy.ladder import Says
from pdpo_audit.policy.rules import Confidence, Pack, Proposal, Rule, RuleException, Scope

if TYPE_CHECKING:
    import pandas as pd

#: Proposals that take a copy away; the ladder replaces them where the copy has to stay.
ERASING = frozenset(
    {
        Proposal.ERASE_THIS_COPY,
        Proposal.ERASE_ADDITIONAL_COPIES,
        Proposal.ERASE_ALL_COPIES,
        Proposal.RECORD_PURPOSE_OR_ERASE,
        Proposal.KEEP_ONE_MASTER,
        Proposal.UNPUBLISH,
        Proposal.RENEW_OR_RETIRE,
        Proposal.MOVE_TO_PROPER_SYSTEM,
    }
)


class Speech(Enum):
    """What a finding is about."""

    RAN_OUT = 1
    ENDED = 2
    STAYS = 3
    OBSERVED = 4


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is the same for many rows of one rule."""

    proposal: Proposal
    counted_from: str
    due_on: str
    explanation: str


def find(picture: Picture, frame: pd.DataFrame) -> pd.DataFrame:
    """The table ``findings``."""
    import pandas as pd

    parts = [part for part in _parts(picture, frame) if len(part)]
    columns = list(COLUMNS[Table.FINDINGS])
    if not parts:
        return pd.DataFrame({name: pd.Series([], dtype=object) for name in columns})
    return pd.concat(parts, ignore_index=True)[columns]


def _parts(picture: Picture, frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for index, effect in enumerate(picture.effects):
        if effect.rule.scope is Scope.SOURCE:
            yield _of_sources(picture, index, frame)
        else:
            yield _of_holdings(picture, index, frame)
        yield from _expired(picture, index, frame)


def _speech(state: Constellation, index: int) -> Speech | None:
    """What the rule at this position says under a constellation; nothing while it is unsure or merely waits."""
    found = state.alternatives[index]
    if len(found) != 1:
        return None
    kinds = {word.says for words in found for word in words}
    if Says.CEILING_OUT in kinds:
        return Speech.RAN_OUT
    if kinds & {Says.PERMISSION_ENDED, Says.PURPOSE_ENDED}:
        return Speech.ENDED
    if kinds & {Says.OBSERVED, Says.UNDECIDED}:
        return Speech.OBSERVED
    if kinds & {Says.FLOOR_RUNS, Says.KEEP} and state.climb.outcome is Outcome.CONFLICT:
        return Speech.STAYS
    return None


def _proposal(rule: Rule, speech: Speech, outcome: Outcome) -> Proposal:
    if speech is Speech.STAYS:
        return Proposal.DECIDE
    if rule.proposal not in ERASING:
        return rule.proposal
    match outcome:
        case Outcome.ON_HOLD:
            return Proposal.KEEP_ON_HOLD
        case Outcome.CONFLICT:
            return Proposal.DECIDE
        case Outcome.MUST_KEEP:
            return Proposal.KEEP
        case _:
            return rule.proposal


def _speaking(picture: Picture, index: int) -> NDArray[np.bool_]:
    """The rows of which the rule says something."""
    by_state = np.array([_speech(state, index) is not None for state in picture.constellations] or [False], bool)
    return by_state[picture.unit_state][picture.row_unit] if len(picture.row_unit) else np.zeros(0, bool)


def _of_holdings(picture: Picture, index: int, frame: pd.DataFrame) -> pd.DataFrame:
    rows = np.flatnonzero(_speaking(picture, index))
    units = picture.row_unit[rows]
    kinds, first = _kinds(picture, index, units)
    described = [_describe(picture, index, int(units[at])) for at in first]
    return _table(picture, index, frame, rows, kinds, described)


def _kinds(picture: Picture, index: int, units: Codes) -> tuple[Codes, Codes]:
    """Units that get the same words: same constellation, same days, same holds."""
    effect = picture.effects[index]
    sets = picture.unit_set[units]
    keys = [picture.unit_state[units], picture.unit_holds[units], effect.variant[sets].astype(np.int64)]
    for dated in effect.variants:
        if dated is not None:
            keys += [dated.ceiling[sets].astype(np.int64), dated.end[sets].astype(np.int64)]
            keys += [dated.floor[sets].astype(np.int64), dated.review[sets].astype(np.int64)]
            if dated.counted:
                keys += [dated.counted.days[sets].astype(np.int64), dated.counted.used[sets].astype(np.int64) + 1]
    return distinct(keys, len(units))


def _describe(picture: Picture, index: int, unit: int) -> _Kind:
    effect, state = picture.effects[index], picture.constellations[picture.unit_state[unit]]
    speech = _speech(state, index)
    assert speech is not None
    at = int(picture.unit_set[unit])
    dated = effect.variants[effect.variant[at]]
    start, due, text = _dated_text(effect, dated, speech, at)
    outcome = state.climb.outcome
    if outcome is Outcome.ON_HOLD:
        text += " " + phrases.hold_text(picture.holds.sets[picture.unit_holds[unit]]) + " Nothing is erased meanwhile."
    elif outcome is Outcome.CONFLICT and speech is not Speech.OBSERVED:
        text += " Rules stand against each other here; a person decides."
    elif outcome is Outcome.MUST_KEEP and effect.rule.proposal in ERASING:
        text += " Erasure is not proposed: the holding must be kept."
    return _Kind(_proposal(effect.rule, speech, outcome), _iso(start), _iso(due), text)


def _dated_text(
    effect: RuleEffect, dated: Dated | None, speech: Speech, at: int
) -> tuple[date | None, date | None, str]:
    rule = effect.rule
    if speech is Speech.OBSERVED or dated is None:
        review = _day(dated.review[at]) if dated else None
        start = _day(dated.counted.days[at]) if dated and dated.counted and review else None
        return start, review, phrases.observed(rule, review)
    if speech is Speech.ENDED:
        end = _day(dated.end[at])
        assert end is not None
        event = dated.retention.ends_with[int(dated.end_fact[at])]
        return end, end, phrases.has_ended(rule, event, end)
    start = _day(dated.counted.days[at]) if dated.counted else None
    if speech is Speech.STAYS:
        until = _day(dated.floor[at])
        return start, until, phrases.must_stay(rule, until)
    return _ran_out(rule, dated, at)


def _ran_out(rule: Rule, dated: Dated, at: int) -> tuple[date | None, date | None, str]:
    counted, period = dated.counted, dated.retention.no_longer_than
    assert counted is not None and period is not None and dated.retention.start is not None
    start, due = _day(counted.days[at]), _day(dated.ceiling[at])
    if start is None or due is None:  # out in every case, though the day itself is not known
        return None, None, phrases.observed(rule, None)
    used = counted.facts[int(counted.used[at])]
    named = used if used in dated.retention.start.facts else dated.retention.start.facts[0]
    return start, due, phrases.ran_out(rule, period, used, named, start, due)


def _day(ordinal: np.int32) -> date | None:
    return date.fromordinal(int(ordinal)) if ordinal else None


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _table(
    picture: Picture, index: int, frame: pd.DataFrame, rows: Codes, kinds: Codes, described: list[_Kind]
) -> pd.DataFrame:
    import pandas as pd

    pack, rule = picture.rule_packs[index], picture.effects[index].rule
    texts = {name: _column(frame, name, rows) for name in ("source", "path", "sha256", "cluster_id")}
    texts |= {name: _column(frame, name, rows) for name in ("owner", "jurisdiction", "people_level")}
    digests = texts.pop("sha256")
    head = f"{rule.rule_id}\0{pack.identity.name}\0"
    ids = [
        _identity(head, sha, source, path)
        for sha, source, path in zip(digests, texts["source"], texts["path"], strict=True)
    ]
    spread = {
        name: np.array([str(getattr(kind, name)) for kind in described] or [""], object)[kinds]
        for name in ("proposal", "counted_from", "due_on", "explanation")
    }
    same = _constants(pack, rule.rule_id, rule.severity, *_authority(rule))
    columns = {"finding_id": np.array(ids, object), **texts, **spread}
    return pd.DataFrame({name: pd.Series(value, dtype=object) for name, value in columns.items()}).assign(**same)


def _authority(rule: Rule) -> tuple[str, str, str]:
    strongest = phrases.strongest(phrases.carrying(rule))
    return phrases.authority_text(rule), strongest.rank.value, strongest.confidence.value


def _constants(pack: Pack, rule_id: str, severity: Severity, cite: str, rank: str, confidence: str) -> dict[str, str]:
    return {
        "rule": rule_id,
        "pack": pack.identity.name,
        "pack_version": pack.identity.version,
        "pack_sha256": pack.identity.sha256,
        "severity": severity.value,
        "authority": cite,
        "authority_rank": rank,
        "confidence": confidence,
        "status": "open",
        "determination": "",
    }


def _identity(head: str, sha: str, source: str, path: str) -> str:
    """The finding's lasting name: rule, pack (not its version), content and place."""
    return sha256(f"{head}{sha}\0{source}\0{path}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _column(frame: pd.DataFrame, name: str, rows: Codes) -> NDArray[np.object_]:
    if name not in frame.columns:
        return np.full(len(rows), "", object)
    taken = frame[name].iloc[rows]
    return taken.astype(object).where(taken.notna(), "").to_numpy(object)


def _of_sources(picture: Picture, index: int, frame: pd.DataFrame) -> pd.DataFrame:
    """One finding for each source of which the rule speaks, however many holdings it covers."""
    import pandas as pd

    speaking = _speaking(picture, index)
    sources = _column(frame, "source", np.arange(len(frame)))
    codes, names = pd.factorize(sources)
    totals = np.bincount(codes, minlength=len(names))
    covered = np.bincount(codes[speaking], minlength=len(names))
    rows: list[int] = []
    kinds: list[int] = []
    described: list[_Kind] = []
    for number in np.flatnonzero(covered):
        mine = np.flatnonzero(speaking & (codes == number))
        rows.append(int(mine[0]))
        kinds.append(len(described))
        described.append(_source_kind(picture, index, mine, int(covered[number]), int(totals[number])))
    whole = _of_whole(frame, rows)
    return _table(picture, index, whole, np.arange(len(rows)), np.array(kinds, np.int64), described)


def _of_whole(frame: pd.DataFrame, rows: list[int]) -> pd.DataFrame:
    """Rows that stand for their sources: without the place and the picture of the one holding."""
    whole = frame.iloc[rows].copy()
    for name in ("path", "sha256", "cluster_id", "people_level"):
        if name in whole.columns:
            whole[name] = ""
    return whole


def _source_kind(picture: Picture, index: int, rows: Codes, covered: int, total: int) -> _Kind:
    units = np.unique(picture.row_unit[rows])
    described = [_describe(picture, index, int(unit)) for unit in units[:1000]]
    earliest = min(described, key=lambda kind: (kind.due_on or "9999", kind.explanation))
    rule = picture.effects[index].rule
    count = f" Concerns {covered} of the {total} holdings of this source."
    return _Kind(rule.proposal, earliest.counted_from, earliest.due_on, earliest.explanation + count)


def _expired(picture: Picture, index: int, frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """An exception that has expired and would still apply is a finding of its own, one for each source."""
    effect = picture.effects[index]
    evaluator = Evaluator(picture.table, picture.on)
    for exception in effect.rule.exceptions:
        if picture.on <= exception.valid_until:
            continue
        verdict = np.minimum(evaluator.evaluate(exception.when).verdict, effect.verdict)
        rows = np.flatnonzero(verdict[picture.table.row_sets] == Verdict.YES)
        sources = _column(frame, "source", rows)
        _, first = np.unique(sources.astype(str), return_index=True)
        text = _expired_text(effect.rule, exception)
        kind = _Kind(Proposal.REVIEW, "", exception.valid_until.isoformat(), text)
        chosen = sorted(int(rows[at]) for at in first)
        codes = np.zeros(len(chosen), np.int64)
        whole = _of_whole(frame, chosen)
        table = _table(picture, index, whole, np.arange(len(chosen)), codes, [kind])
        if len(table):
            yield _renamed(table, picture.rule_packs[index], exception, whole)


def _renamed(table: pd.DataFrame, pack: Pack, exception: RuleException, whole: pd.DataFrame) -> pd.DataFrame:
    cite = f"exception {exception.exception_id}, approved by {exception.approved_by}"
    constants = _constants(
        pack,
        exception.exception_id,
        Severity.MINOR,
        cite,
        AuthorityRank.ORGANISATION_POLICY.value,
        Confidence.FOUND.value,
    )
    head = f"{exception.exception_id}\0{pack.identity.name}\0"
    ids = [_identity(head, "", source, "") for source in _column(whole, "source", np.arange(len(whole)))]
    return table.assign(**constants, finding_id=ids)


def _expired_text(rule: Rule, exception: RuleException) -> str:
    return (
        f"The exception {exception.exception_id} to {rule.rule_id} expired on {exception.valid_until.isoformat()} "
        f"(approved by {exception.approved_by}: {exception.reason.en}); {rule.rule_id} applies without it. "
        "Renew or remove it."
    )
