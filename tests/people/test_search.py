"""Person search: off unless everything is stated, ranked by distance, and nothing of a face leaves the child."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray

from pdpo_audit.errors import CallError
from pdpo_audit.people.crops import cut_out
from pdpo_audit.people.search import PersonSearch, SearchPermit
from pdpo_audit.ports import FaceDetector

TODAY = date(2026, 11, 20)
PERMIT = SearchPermit(
    purpose="data access request DAR-7", approved_by="General Counsel", pia_reference="PIA-2026-03", expires_on=TODAY
)


@pytest.fixture
def search() -> Iterator[PersonSearch]:
    pytest.importorskip("dlib", reason="the extra recognition is not installed")
    opened = PersonSearch(PERMIT, TODAY)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("permit", "missing"),
    [
        (dataclasses.replace(PERMIT, purpose=" "), "purpose"),
        (dataclasses.replace(PERMIT, approved_by=""), "approved_by"),
        (dataclasses.replace(PERMIT, pia_reference=""), "pia_reference"),
        (dataclasses.replace(PERMIT, expires_on=None), "expires_on"),
        (SearchPermit(), "purpose, approved_by, pia_reference, expires_on"),
    ],
)
def test_it_is_off_unless_everything_is_stated(permit: SearchPermit, missing: str) -> None:
    with pytest.raises(CallError, match=f"off: {missing} not stated"):
        PersonSearch(permit, TODAY)


def test_it_is_off_after_its_last_day() -> None:
    PERMIT.check(TODAY)
    with pytest.raises(CallError, match="ended on 2026-11-20"):
        PERMIT.check(date(2026, 11, 21))


def test_the_person_ranks_first(search: PersonSearch, detector: FaceDetector, astronaut: NDArray[np.uint8]) -> None:
    face_only = np.ascontiguousarray(astronaut[20:236, 120:336])
    search.refer(cut_out(face_only, detector.examine(face_only).faces))
    mirrored = np.ascontiguousarray(face_only[:, ::-1] // 2 + 60)
    search.compare(11, cut_out(mirrored, detector.examine(mirrored).faces))
    found = search.ranked()
    assert [candidate.content for candidate in found.candidates] == [11]
    assert 0 < found.candidates[0].distance < 0.5
    assert found.candidates[0].likely is False
    assert (found.references, found.compared, found.not_compared) == (1, 1, 0)
    assert "never an answer" in found.cautions[0]
    assert any("Only 1 of at least" in caution for caution in found.cautions)


def test_a_reference_shows_exactly_one_person(
    search: PersonSearch, detector: FaceDetector, astronaut: NDArray[np.uint8]
) -> None:
    with pytest.raises(CallError, match="exactly one"):
        search.refer([])
    two = np.ascontiguousarray(np.hstack([astronaut[:256, 100:356]] * 2))
    with pytest.raises(CallError, match="shows 2"):
        search.refer(cut_out(two, detector.examine(two).faces))
    with pytest.raises(CallError, match="No reference"):
        search.ranked()
