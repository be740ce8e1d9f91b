"""Who each row is: the columns that are no facts, as plain text, every distinct text once in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.policy.terms.facts import IDENTITY_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

Texts = dict[str, NDArray[np.object_]]


def identities_of(frame: pd.DataFrame) -> Texts:
    """The identity columns of ``frame``; "" where a column or a value is missing."""
    return {name: _texts(frame, name) for name in IDENTITY_COLUMNS}


def rows_of(texts: Texts, rows: NDArray[np.int64] | list[int]) -> Texts:
    """The same columns for some rows."""
    return {name: column[rows] for name, column in texts.items()}


def _texts(frame: pd.DataFrame, name: str) -> NDArray[np.object_]:
    import pandas as pd

    if name not in frame.columns:
        return np.full(len(frame), "", object)
    codes, uniques = pd.factorize(frame[name], use_na_sentinel=True)
    return np.array([*(str(value) for value in uniques), ""], object)[codes]
