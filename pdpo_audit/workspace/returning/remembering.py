"""What is kept of a copy before it is erased: digests under a key that ends, and nothing else of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from pdpo_audit.catalogue.disposition.returns import Erased, remember_erased
from pdpo_audit.catalogue.store import Transaction
from pdpo_audit.execution import WorkerDied, map_bounded
from pdpo_audit.model.disposition.returns import bytes_key, pixels_key
from pdpo_audit.model.locations.places import Place
from pdpo_audit.pipeline.work import Work
from pdpo_audit.workers.digesting import UNDIGESTED, Digested, PixelsJob, digest_pixels
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.returning.keys import key_until

_BATCH = 32


def digest_waiting(
    work: Work, place: Callable[[str, bytes], Place], waiting: Sequence[tuple[int, str, bytes, str]]
) -> dict[int, Digested]:
    """The pixels of copies that are about to be erased: line, source, where its bytes wait inside it, SHA-256 (hex)."""
    jobs = [
        PixelsJob(
            place=place(source, locator), sha256=bytes.fromhex(sha256), limits=work.limits,
            seconds=work.seconds_per_file,
        )
        for _, source, locator, sha256 in waiting
    ]  # fmt: skip
    batches = (jobs[start : start + _BATCH] for start in range(0, len(jobs), _BATCH))
    found = map_bounded(
        work.executor, digest_pixels, batches, in_flight=work.in_flight, lost=_lost, note=lambda _notes: None
    )
    digests = [one for batch in found for one in batch]
    return {line[0]: one for line, one in zip(waiting, digests, strict=True)}


def remember(
    project: Project, transaction: Transaction, plan_id: str, days: int, lines: Sequence[tuple[int, str, str]],
    pixels: Mapping[int, Digested],
) -> None:  # fmt: skip
    """Keep keyed digests of erased lines (number, SHA-256 in hex, rule) for so many days; none where that is nought."""
    if days <= 0 or not lines:
        return
    today: date = project.clock().date()
    until = (today + timedelta(days=days)).isoformat()
    key = key_until(project, until)
    remember_erased(transaction, [_erased(key, plan_id, line, pixels, today.isoformat(), until) for line in lines])


def _erased(
    key: bytes, plan_id: str, line: tuple[int, str, str], pixels: Mapping[int, Digested], on: str, until: str
) -> Erased:
    number, sha256, rule = line
    shown = pixels.get(number, UNDIGESTED)
    return Erased(
        plan_id=plan_id,
        number=number,
        bytes_key=bytes_key(key, bytes.fromhex(sha256)),
        pixels_key=pixels_key(key, shown.width, shown.height, shown.digest) if shown.digest else b"",
        rule=rule,
        erased_on=on,
        until=until,
    )


def _lost(_job: PixelsJob, _death: WorkerDied) -> Digested:
    return UNDIGESTED
