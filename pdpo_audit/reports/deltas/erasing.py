"""Which findings propose an erasure, or had one decided, also by what people said after the audit was sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.reviews.erasures import erases, refuses

if TYPE_CHECKING:
    import pandas as pd

#: What a finding proposes, and what a person said to it.
DECIDED = ("proposal", "determination", "decision_reason")
_SAID = DECIDED[1:]


def said_since(
    frames: Callable[[], Iterator[pd.DataFrame]], decided: Mapping[str, tuple[str, str]]
) -> Callable[[], Iterator[pd.DataFrame]]:
    """Findings with what people decided after the audit was sealed: decision and reason by the finding's id."""
    import pandas as pd

    def frames_since() -> Iterator[pd.DataFrame]:
        for frame in frames():
            here = frame["finding_id"].isin(list(decided))
            said = [decided[str(one)] for one in frame.loc[here, "finding_id"]]
            laid = frame.assign(**{name: frame.get(name, "") for name in _SAID})
            laid.loc[here, list(_SAID)] = pd.DataFrame(said, index=frame.index[here], columns=list(_SAID), dtype=object)
            yield laid

    return frames_since if decided else frames


def decided_columns(rows: pd.DataFrame) -> dict[str, NDArray[np.generic]]:
    """Whether each finding ``erases``, and whether a person ``refused``; few differ in what they say of it."""
    said = rows[list(DECIDED)]
    codes = said.groupby(list(DECIDED), sort=False).ngroup().to_numpy(np.intp)
    kinds = [(str(proposal), str(word), str(why)) for proposal, word, why in said.drop_duplicates().itertuples(False)]
    erase = np.array([erases(*one) for one in kinds], dtype=bool)
    refuse = np.array([refuses(word, why) for _, word, why in kinds], dtype=bool)
    return {"erases": erase[codes], "refused": refuse[codes]}
