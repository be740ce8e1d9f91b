"""Stage 4b: text in each distinct picture, those of duplicate clusters first: where identity numbers are legible."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pdpo_audit.catalogue.queries.contents import content_rows, digests_of, some_places
from pdpo_audit.catalogue.stated import texts as recorded
from pdpo_audit.catalogue.store import Store
from pdpo_audit.execution import WorkerDied, map_bounded
from pdpo_audit.model.locations.holdings import Skipped
from pdpo_audit.model.text.readings import TextFailure, TextReading, TextRecord
from pdpo_audit.pipeline.clusters.twins import clustered
from pdpo_audit.pipeline.remembered import TEXT_ENGINE, TEXT_SCOPE
from pdpo_audit.pipeline.results import TextFound, count_faults
from pdpo_audit.pipeline.text.covering import cover_numbers
from pdpo_audit.pipeline.work import Work
from pdpo_audit.sources.locations import Locate, places_of
from pdpo_audit.text.engines.opening import TextSpec
from pdpo_audit.text.text_pass import TextJob
from pdpo_audit.workers import ReadJob, find_text

#: The pass takes up to half a second a picture: small batches keep a kill cheap and the progress bar alive.
_BATCH = 8


def examine_text(work: Work, *, scope: str, spec: TextSpec, method: str, locate: Locate) -> TextFound:
    """Look for text in every picture that this method has not read yet."""
    in_clusters, twins = clustered(work)
    done = recorded.read_contents(work.store, method)
    order = [content for content in in_clusters if content not in twins]
    if scope == "all":
        order += [row.id for row in content_rows(work.store) if row.perceptual and row.id not in in_clusters]
    told = _read(work, [one for one in order if one not in done], spec, method, locate)
    _share(work, twins, method)
    # A master that could not be read now speaks for no copy: then those that share its pixels are read themselves. Nor
    # does one for the further pictures in a copy's file.
    done = recorded.read_contents(work.store, method)
    told += _read(work, [twin for twin in twins if twin not in done], spec, method, locate)
    cover_numbers(work, method)
    failures = [one for one in told if one is not None]
    return TextFound(
        read=len(told) - len(failures),
        failed=len(failures),
        legible=recorded.count_readings(work.store, method).legible,
        faults=count_faults(failures),
    )


def text_used(store: Store) -> dict[str, Any]:
    """What the header of an audit says of the last scan: its ``text_scope``, and the engine as it was recorded."""
    engine = store.recall(TEXT_ENGINE)
    return {
        "text": TextRecord(**json.loads(engine)) if engine else None,
        "text_scope": store.recall(TEXT_SCOPE) or "off",
    }


def _read(work: Work, contents: Sequence[int], spec: TextSpec, method: str, locate: Locate) -> list[Skipped | None]:
    """Read contents and record what was told batch by batch; why each was not read, or ``None``."""
    jobs = _jobs(work, contents, spec, locate)
    told: list[Skipped | None] = []

    def lost(job: ReadJob, death: WorkerDied) -> TextReading | TextFailure:
        return TextFailure(content=job.text.content, method=method, skipped=death.problem.at(job.text.ref))

    work.progress.start("Looking for identity numbers", len(jobs))
    batches = (jobs[start : start + _BATCH] for start in range(0, len(jobs), _BATCH))
    for batch in map_bounded(work.executor, find_text, batches, in_flight=work.in_flight, lost=lost, note=work.note):
        with work.store.transaction(durable=False) as transaction:
            recorded.record_readings(transaction, batch, on=work.clock().date().isoformat())
        told += [one.skipped if isinstance(one, TextFailure) else None for one in batch]
        work.progress.advance(len(batch))
    return told


def _jobs(work: Work, contents: Sequence[int], spec: TextSpec, locate: Locate) -> list[ReadJob]:
    """The work; contents that nobody holds any more are left out."""
    held = some_places(work.store, contents)
    digests = digests_of(work.store, contents)
    return [
        ReadJob(
            text=TextJob(content=content, ref=held[content][0].ref, page=held[content][0].ref.page),
            places=places_of((one.ref for one in held[content]), locate),
            sha256=digests[content],
            engine=spec,
            limits=work.limits,
            seconds=work.seconds_per_file,
        )
        for content in contents
        if content in held
    ]


def _share(work: Work, twins: Mapping[int, int], method: str) -> None:
    """Give the reading of a master to the copies that share every pixel with it."""
    done = recorded.read_contents(work.store, method)
    wanting = {twin: master for twin, master in twins.items() if twin not in done}
    of_master = {one.content: one for one in recorded.load_readings(work.store, method, set(wanting.values()))}
    shared = [
        replace(one, content=twin)
        for twin, master in sorted(wanting.items())
        if (one := of_master.get(master)) is not None and all(mark.frame >= 0 for mark in one.marks)
    ]
    if shared:
        with work.store.transaction(durable=False) as transaction:
            recorded.record_readings(transaction, shared, on=work.clock().date().isoformat())
