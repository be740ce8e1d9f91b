"""What was certified as erased and may come back: keyed digests, and the copies in which it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.contents import ReadFile
from pdpo_audit.catalogue.memory import Memory, first_seen_before
from pdpo_audit.catalogue.places import place_key
from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.disposition.acts import State
from pdpo_audit.model.disposition.returns import LikelyCause, Match, Watched
from pdpo_audit.model.disposition.writing import read_item

_KEPT, _ALARMS, _ITEMS = schema.disposal_returns, schema.disposal_alarms, schema.disposal_items
_BATCH = 500
#: States in which a copy was erased.
_GONE = (State.DONE.value, State.CERTIFIED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What is kept of one certified line: digests under the key that ends on ``until``, the rule, and the day."""

    plan_id: str
    number: int
    bytes_key: bytes
    pixels_key: bytes
    rule: str
    erased_on: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedLine:
    """Where an erased copy lay, under which rule and when it went."""

    source: str
    path: str
    rule: str
    erased_on: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack:
    """A copy that is one that was erased: both places, in what they agree, and what most likely brought it back."""

    plan_id: str
    number: int
    source: str
    path: str
    sha256: str
    match: Match
    cause: LikelyCause
    seen_on: str
    erased: ErasedLine | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThereBefore:
    """What lay where files (folder and name) are read now: digests of what is held, and first days before a purge."""

    held: Mapping[tuple[int, bytes], frozenset[bytes]]
    days: Mapping[tuple[int, bytes], str]


def there_before(connection: Connection, files: Sequence[ReadFile], memory: Memory) -> ThereBefore:
    """What the catalogue knows of files before what was read of them is recorded."""
    held, contents = schema.holdings, schema.contents
    wanted = {(file.folder_id, file.entry[0]) for file in files}
    query = (
        select(held.c.folder_id, held.c.name, contents.c.sha256)
        .join(contents, contents.c.id == held.c.content_id)
        .where(held.c.folder_id.in_({folder for folder, _ in wanted}), held.c.name.in_({name for _, name in wanted}))
        .where(held.c.vanished_on == "")
    )
    found: dict[tuple[int, bytes], set[bytes]] = {}
    for row in connection.execute(query):
        found.setdefault((row.folder_id, row.name), set()).add(bytes(row.sha256))
    places = ((file.folder_id, file.results[0].ref, file.entry) for file in files if file.results)
    days = first_seen_before(connection, memory, ((f, ref.source, ref.locator, entry) for f, ref, entry in places))
    return ThereBefore(held={place: frozenset(one) for place, one in found.items()}, days=days)


def remember_erased(transaction: Transaction, lines: Sequence[Erased]) -> None:
    """Keep the keyed digests of certified lines; a second call for a line changes nothing."""
    fields = ("plan_id", "number", "bytes_key", "pixels_key", "rule", "erased_on", "until")
    rows = [{name: getattr(line, name) for name in fields} for line in lines]
    transaction.upsert(_KEPT, rows, ["plan_id", "number"])


def ends_of(store: Store) -> list[str]:
    """The days on which keys end, the first one first."""
    with store.reading() as connection:
        return [
            str(day) for day in connection.execute(select(_KEPT.c.until).distinct().order_by(_KEPT.c.until)).scalars()
        ]


def load_watched(store: Store, keys: Mapping[str, bytes]) -> Watched:
    """What a scan looks for, under the keys (by the day of their end) that are still there.

    Digests are kept before the act, so that a kill loses none: those of copies that still wait count for nothing.
    """
    of_bytes: dict[bytes, dict[bytes, tuple[str, int]]] = {}
    of_pixels: dict[bytes, dict[bytes, tuple[str, int]]] = {}
    joined = _KEPT.join(_ITEMS, (_ITEMS.c.plan_id == _KEPT.c.plan_id) & (_ITEMS.c.number == _KEPT.c.number))
    query = (
        select(_KEPT.c.plan_id, _KEPT.c.number, _KEPT.c.bytes_key, _KEPT.c.pixels_key, _KEPT.c.until)
        .select_from(joined)
        .where(_KEPT.c.until.in_(sorted(keys)), _ITEMS.c.state.in_(_GONE))
    )
    with store.reading() as connection:
        for row in connection.execute(query):
            line = row.plan_id, row.number
            of_bytes.setdefault(keys[row.until], {})[bytes(row.bytes_key)] = line
            if row.pixels_key:
                of_pixels.setdefault(keys[row.until], {})[bytes(row.pixels_key)] = line
    return Watched.of(of_bytes, of_pixels)


def erased_lines(connection: Connection, lines: Sequence[tuple[str, int]]) -> dict[tuple[str, int], ErasedLine]:
    """Where these lines (plan, number) lay."""
    found: dict[tuple[str, int], ErasedLine] = {}
    joined = _KEPT.join(_ITEMS, (_ITEMS.c.plan_id == _KEPT.c.plan_id) & (_ITEMS.c.number == _KEPT.c.number))
    columns = (_KEPT.c.plan_id, _KEPT.c.number, _KEPT.c.rule, _KEPT.c.erased_on, _KEPT.c.until, _ITEMS.c.line)
    by_plan: dict[str, list[int]] = {}
    for plan, number in lines:
        by_plan.setdefault(plan, []).append(number)
    for plan, numbers in by_plan.items():
        for start in range(0, len(numbers), _BATCH):
            part = numbers[start : start + _BATCH]
            query = select(*columns).select_from(joined).where(_KEPT.c.plan_id == plan, _KEPT.c.number.in_(part))
            for row in connection.execute(query):
                item = read_item(row.line)
                found[row.plan_id, row.number] = ErasedLine(
                    source=item.source, path=item.path, rule=row.rule, erased_on=row.erased_on, until=row.until
                )
    return found


def record_came_back(transaction: Transaction, copies: Sequence[CameBack]) -> None:
    """Keep the copies in which erased ones came back, each once."""
    rows = [
        {
            "plan_id": one.plan_id, "number": one.number, "place": place_key(one.source, one.path),
            "source": one.source, "path": one.path, "sha256": bytes.fromhex(one.sha256), "match": one.match.value,
            "cause": one.cause.value, "seen_on": one.seen_on, "told": 0,
        }
        for one in copies
    ]  # fmt: skip
    transaction.upsert(_ALARMS, rows, ["plan_id", "number", "place"])


def came_back(store: Store, on: str) -> list[CameBack]:
    """The copies in which erased ones came back and whose key has not ended on this day."""
    with store.reading() as connection:
        rows = connection.execute(select(_ALARMS).order_by(_ALARMS.c.source, _ALARMS.c.path)).all()
        lines = erased_lines(connection, [(row.plan_id, row.number) for row in rows])
    return [
        _came_back(row, lines[row.plan_id, row.number])
        for row in rows
        if (row.plan_id, row.number) in lines and lines[row.plan_id, row.number].until >= on
    ]


def untold(transaction: Transaction) -> dict[str, int]:
    """How many copies came back that no notice told yet, by the plan of their erasure; from now on they are told."""
    query = select(_ALARMS.c.plan_id, func.count()).where(_ALARMS.c.told == 0).group_by(_ALARMS.c.plan_id)
    rows = transaction.connection.execute(query.order_by(_ALARMS.c.plan_id))
    counts = {str(plan): int(count) for plan, count in rows}
    if counts:
        transaction.connection.execute(update(_ALARMS).where(_ALARMS.c.told == 0).values(told=1))
    return counts


def forget_ended(transaction: Transaction, on: str) -> int:
    """Forget what ended before this day, digests and alarms; how many digests that were."""
    connection = transaction.connection
    ended = select(_KEPT.c.plan_id, _KEPT.c.number).where(_KEPT.c.until < on)
    for plan, number in connection.execute(ended).all():
        connection.execute(delete(_ALARMS).where(_ALARMS.c.plan_id == plan, _ALARMS.c.number == number))
    return int(connection.execute(delete(_KEPT).where(_KEPT.c.until < on)).rowcount)


def _came_back(row: Any, line: ErasedLine) -> CameBack:
    return CameBack(
        plan_id=row.plan_id, number=row.number, source=row.source, path=row.path, sha256=bytes(row.sha256).hex(),
        match=Match(row.match), cause=LikelyCause(row.cause), seen_on=row.seen_on, erased=line,
    )  # fmt: skip
