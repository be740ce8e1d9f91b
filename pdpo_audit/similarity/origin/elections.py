"""Of several pictures of one frame the one that the others were made from: all the others are witnesses.

Copies are made from their source each in its own way. What copying changed in one of them has nothing to do with what
it changed in another, so a third picture is nearer to the source than to a copy, by just as much as the copy lies from
the source (the three-cornered hat, by which clocks are compared without a better clock: Gray and Allan 1974).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.imaging.hashes import orient
from pdpo_audit.model.clusters import Election, Voter, Voters
from pdpo_audit.similarity.candidates.neighbours import distances
from pdpo_audit.similarity.comparison.codings import Coded
from pdpo_audit.similarity.cuts import cut
from pdpo_audit.similarity.facts import ContentFacts

#: Bits of 256 within which two pictures of one size have one frame.
_ONE_FRAME = cut("hash_radius")
#: So many different pictures are needed, and no more are asked: what two witnesses say is right in 95 % of the cases.
_FEWEST, _MOST = 4, 64
#: Of 8 x 8 cosine coefficients those of orders 1 to 9 (down plus across) are compared; higher ones are lost in coding.
_ORDERS = np.add.outer(np.arange(8), np.arange(8)).ravel()
_TELLING = np.flatnonzero((_ORDERS >= 1) & (_ORDERS < 10))
#: So many steps of quantisation drown an order. Of 1,900 draws of 4 to 20 copies of 96 photographs 97.2 % elect the
#: source with two steps, 96.6 % with one or four, and 93.4 % where orders count as much however weak they are.
_DROWNED = cut("drowned")
#: So many blocks of a picture tell as much as all.
_ENOUGH = 512
#: Pictures that differ by less have equal pixels, give or take rounding; what differs by more is no witness.
_EQUAL, _STRANGER = cut("equal_pixels"), cut("no_witness")
#: How much nearer (of the most that is possible) the witnesses must be, times their number. In the draws above the
#: source was beaten in 0.7 %.
_LEAD = cut("lead")
#: Where there are many, they must be so much nearer.
_LEAST_LEAD = cut("least_lead")


def frames(contents: Iterable[ContentFacts]) -> list[Voters]:
    """The contents (likely masters first) that have one frame, turned or not, where they are enough for an election."""
    by_size: dict[tuple[int, ...], list[ContentFacts]] = {}
    for one in contents:
        by_size.setdefault(tuple(sorted((one.width, one.height))), []).append(one)
    found = []
    for alike in by_size.values():
        while len(alike) >= _FEWEST:
            first, *rest = alike
            voters = [Voter(content=first.content, orientation=0)]
            alike = []
            for other in rest:
                voter = _voter(first, other)
                if voter is None or len(voters) == _MOST:
                    alike.append(other)
                else:
                    voters.append(voter)
            if len(voters) >= _FEWEST:
                found.append(tuple(voters))
    return found


def _voter(first: ContentFacts, other: ContentFacts) -> Voter | None:
    apart = distances(first.perceptual, other.perceptual)
    orientation = int(apart.argmin())
    size = (other.height, other.width) if orientation & 4 else (other.width, other.height)
    if apart[orientation] > _ONE_FRAME or size != (first.width, first.height):
        return None
    return Voter(content=other.content, orientation=orientation)


def statement(picture: Coded, orientation: int) -> NDArray[np.float32]:
    """What a picture states: coefficients (blocks x orders) of the blocks of its frame."""
    if orientation:
        picture = Coded(luma=orient(picture.luma, orientation), steps=picture.steps)
    blocks = picture.blocks.reshape(-1, 64)
    return blocks[:: max(1, len(blocks) // _ENOUGH)].take(_TELLING, axis=1)


def drowned(tables: Sequence[NDArray[np.float64]]) -> NDArray[np.float32]:
    """What is lost in the coding of pictures with these quantisation tables (8 x 8 steps): levels of each order.

    Copies saved with one table round alike, and have that in common without having it from their source.
    """
    steps = np.median([table.ravel()[_TELLING] for table in tables], axis=0) if tables else np.zeros(len(_TELLING))
    return np.asarray(np.maximum(1.0, _DROWNED * steps), np.float32)


def elect(
    statements: Mapping[int, NDArray[np.float32]],
    floor: NDArray[np.float32],
    pale: AbstractSet[int] = frozenset(),
) -> Election | None:
    """The picture of one frame to which the others are nearest, by the statements of at least four.

    Orders weaker than the ``floor`` (levels) count less. Of what is ``pale`` no coloured copies are made: it has a
    voice and cannot be elected.
    """
    contents = sorted(statements)
    if len(contents) < _FEWEST or not all(one.size for one in statements.values()):  # under 8 pixels: nothing to state
        return None
    apart = _apart(np.stack([statements[content] for content in contents]), floor)
    speakers = (apart <= _EQUAL).argmax(axis=1)  # of pictures with equal pixels the first speaks for all
    voices = np.unique(speakers)
    if len(voices) < _FEWEST:
        return None
    leads = _leads(apart[np.ix_(voices, voices)])
    strong = [any(content not in pale for content in _spoken_for(contents, speakers, voice)) for voice in voices]
    best = int(np.where(strong, leads.min(axis=1), -np.inf).argmax())
    certain = voices[leads[best] >= max(_LEAST_LEAD, _LEAD / len(voices))]
    equal = _spoken_for(contents, speakers, int(voices[best]))
    beaten = {content for voice in certain for content in _spoken_for(contents, speakers, int(voice))} | equal & pale
    return Election(elected=frozenset(equal - pale), beaten=frozenset(beaten - (equal - pale)))


def _spoken_for(contents: Sequence[int], speakers: NDArray[np.int64], voice: int) -> set[int]:
    return {content for content, speaker in zip(contents, speakers, strict=True) if speaker == voice}


def _apart(statements: NDArray[np.float32], floor: NDArray[np.float32]) -> NDArray[np.float64]:
    """How far pictures lie from each other (n x n), whatever their contrast: 1 less the squared correlation.

    Fine detail counts as much as coarse: all orders that are stronger than the floor are brought to one strength.
    """
    spread = np.median(statements.std(axis=1), axis=0)
    rows = (statements / np.maximum(spread, floor)).reshape(len(statements), -1)
    rows -= rows.mean(axis=1, keepdims=True)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    return np.asarray(1 - (rows @ rows.T).astype(np.float64) ** 2, np.float64)


def _leads(apart: NDArray[np.float64]) -> NDArray[np.float64]:
    """By how much the witnesses are nearer to one (row) than to another (column), in units of how far these two are
    apart: 1 where the other was made from the one, -1 the reverse; 1 on the diagonal."""
    near, alike = apart < _STRANGER, np.eye(len(apart), dtype=bool)
    leads = np.ones_like(apart)
    for one, own in enumerate(apart):
        heard = (near | near[one]) & ~alike & ~alike[one]
        nearer = np.clip((apart - own) / np.maximum(own, _EQUAL)[:, None], -1, 1)
        leads[one] = (nearer * heard).sum(axis=1) / np.maximum(heard.sum(axis=1), 1)
        leads[one, one] = 1
    return leads
