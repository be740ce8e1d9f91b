"""How a large library is shaped: every share and every tail that a made catalogue follows.

The tails are those that studies of file systems find again and again (few folders hold most files, few files have most
copies); the figures are chosen within what our sample library and the organisations' libraries described in the
reference documents show, so that four in ten holdings are additional copies. They are a shape, not a survey.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceShape:
    """A source: its share of the folders, whose it is (empty: nobody is named), and where it lies."""

    name: str
    share: float
    owner: str
    jurisdiction: str


SOURCES = (
    SourceShape(name="studio-nas", share=0.46, owner="Creative Services", jurisdiction="HK"),
    SourceShape(name="marketing-share", share=0.22, owner="Marketing", jurisdiction="HK"),
    SourceShape(name="shenzhen-partner", share=0.14, owner="", jurisdiction="CN"),
    SourceShape(name="hr-archive", share=0.08, owner="Human Resources", jurisdiction="HK"),
    SourceShape(name="events-drive", share=0.07, owner="Corporate Affairs", jurisdiction="HK"),
    SourceShape(name="singapore-agency", share=0.03, owner="Regional Marketing", jurisdiction="SG"),
)

#: Copies of a picture: P(k) falls as k to this power, up to the bound (a logo or a template in every folder).
COPIES_POWER, MOST_COPIES = 2.5, 2_000
#: Of the additional copies, those that are not byte-identical: resized, recompressed, cropped and so on.
NEAR_SHARE = 0.3
#: Pictures in a folder: the logarithm is normal, so that the median is this and the mean more than twice as large.
FOLDER_MEDIAN, FOLDER_SIGMA = 12.0, 1.3
#: Files that could not be examined, and files that are gone since an earlier scan.
UNREADABLE_SHARE, VANISHED_SHARE = 0.012, 0.02

#: People levels of the pictures that were examined.
LEVELS = {"P0": 0.58, "P1": 0.11, "P2": 0.26, "P3": 0.03, "unknown": 0.02}
#: Mean number of findings on a present holding, by people level.
FINDINGS_EACH = {"P0": 0.05, "P1": 0.3, "P2": 1.4, "P3": 2.1, "unknown": 0.1}
#: Which rules fire: the n-th most frequent one as 1/n to this power.
RULES_POWER = 1.1

#: Of the findings those that somebody decided on, of the clusters those whose master somebody confirmed.
DECIDED_SHARE, CONFIRMED_SHARE = 0.03, 0.02
#: One hold for so many holdings; the first ones select most.
HOLDINGS_A_HOLD = 40_000


def draw_copies(random: np.random.Generator, holdings: int) -> Whole:
    """Copies of each picture, so many pictures that all copies together are exactly ``holdings``."""
    sizes = np.arange(1, min(MOST_COPIES, holdings) + 1, dtype=float)
    odds = sizes**-COPIES_POWER
    drawn: Whole = random.choice(len(sizes), size=holdings, p=odds / odds.sum()).astype(np.int64) + 1
    pictures = int(np.searchsorted(np.cumsum(drawn), holdings)) + 1
    copies = drawn[:pictures]
    copies[-1] -= int(copies.sum()) - holdings
    return copies


def draw_folders(random: np.random.Generator, holdings: int) -> Whole:
    """The room of each folder, in pictures; together at least ``holdings``."""
    mean = FOLDER_MEDIAN * float(np.exp(FOLDER_SIGMA**2 / 2))
    count = max(len(SOURCES), int(holdings / mean))
    rooms = np.ceil(np.exp(random.normal(np.log(FOLDER_MEDIAN), FOLDER_SIGMA, count))).astype(np.int64)
    scale = holdings / rooms.sum()
    scaled: Whole = np.ceil(rooms * max(1.0, scale)).astype(np.int64)
    return scaled


def draw_named(random: np.random.Generator, shares: dict[str, float], count: int) -> NDArray[np.str_]:
    """Names in the proportion of their shares."""
    return random.choice(np.array(list(shares)), size=count, p=np.array(list(shares.values())) / sum(shares.values()))
