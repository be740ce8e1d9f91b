"""Who each row is: the columns that are no facts, as plain text, every distinct text once in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.policy.terms.facts import IDENTITY_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

Texts = dict[str, NDArray[np.object_]]


def identities_of(frame: pd.DataFrame) -> Texts:
    """The identity columns of ``frame``; "" where a column or a value is missing."""
    return {name: _texts(frame, name) for name in IDENTITY_COLUMNS}


@dataclass(frozen=True, slots=True)
class Who:
    """The identity columns of a frame as they lie in it, and as texts for the rows that somebody asks for."""

    frame: pd.DataFrame

    @staticmethod
    def of(frame: pd.DataFrame) -> Who:
        """Who each row of ``frame`` is."""
        return Who(frame[[name for name in IDENTITY_COLUMNS if name in frame.columns]])

    def rows(self, rows: NDArray[np.int64] | list[int]) -> Texts:
        """The identity columns of some rows; "" where a column or a value is missing."""
        return identities_of(self.frame.take(rows))

    def column(self, name: str) -> pd.Series[Any]:
        """One column of all rows, in the form in which it lies in the frame."""
        import pandas as pd

        if name in self.frame.columns and self.frame[name].dtype == "str" and not self.frame[name].hasnans:
            return self.frame[name].reset_index(drop=True)
        return pd.Series(_texts(self.frame, name), dtype=object)


def _texts(frame: pd.DataFrame, name: str) -> NDArray[np.object_]:
    import pandas as pd

    if name not in frame.columns:
        return np.full(len(frame), "", object)
    codes, uniques = pd.factorize(frame[name], use_na_sentinel=True)
    return np.array([*(str(value) for value in uniques), ""], object)[codes]
