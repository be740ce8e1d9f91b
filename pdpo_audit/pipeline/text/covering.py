"""The pictures that are kept for reports, with a black field wherever a number is legible."""

from __future__ import annotations

from collections.abc import Iterator

from pdpo_audit.catalogue.stated import texts as recorded
from pdpo_audit.execution import map_bounded
from pdpo_audit.pipeline.work import Work
from pdpo_audit.workers import FillJob, fill_boxes

#: A picture of 160 pixels takes a millisecond.
_BATCH = 50


def cover_numbers(work: Work, method: str) -> None:
    """Cover the legible numbers in the pictures that are kept for reports."""
    for detector, jobs in _fillings(work, method):
        batches = (jobs[start : start + _BATCH] for start in range(0, len(jobs), _BATCH))
        results = map_bounded(
            work.executor, fill_boxes, batches, in_flight=work.in_flight, lost=lambda *_: None, note=work.note
        )
        filled = [one for batch in results for one in batch]
        with work.store.transaction(durable=False) as transaction:
            for job, picture in zip(jobs, filled, strict=True):
                if picture != b"":  # covered already; one that cannot be covered is not kept
                    recorded.replace_thumbnail(transaction, job.content, detector, picture or b"")


def _fillings(work: Work, method: str) -> Iterator[tuple[str, list[FillJob]]]:
    """By face detector, the stored pictures whose numbers are to be covered."""
    by_detector: dict[str, list[FillJob]] = {}
    for one in recorded.stored_pictures(work.store, method):
        job = FillJob(
            content=one.content,
            thumbnail=one.thumbnail,
            covers=one.covers,
            limits=work.limits,
            seconds=work.seconds_per_file,
        )
        by_detector.setdefault(one.detector, []).append(job)
    yield from by_detector.items()
