"""Read the columns of a table chunk as what they mean, whatever the store handed over: text, numbers, days, flags."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def text(frame: pd.DataFrame, column: str) -> pd.Series[str]:
    """The column as text, ``""`` for what is missing; a column that the table lacks is all ``""``."""
    import pandas as pd

    if column not in frame.columns:
        return pd.Series("", index=frame.index, dtype="object")
    values = frame[column]
    return values.astype("object").where(values.notna(), "").astype(str).astype("object")


def numbers(frame: pd.DataFrame, column: str) -> pd.Series[int]:
    """The column as whole numbers, 0 for what is missing or no number."""
    import pandas as pd

    if column not in frame.columns:
        return pd.Series(0, index=frame.index, dtype="int64")
    return pd.to_numeric(frame[column], errors="coerce").fillna(0).astype("int64")


def flags(frame: pd.DataFrame, column: str) -> pd.Series[bool]:
    """The column as yes or no; what is missing is no."""
    return text(frame, column).isin(("True", "true", "1", "1.0"))


def day(value: object) -> date | None:
    """A cell as a day: from a date, a timestamp or ISO 8601 text; ``None`` for anything else."""
    if isinstance(value, datetime):
        return None if value != value else value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def cell(value: object) -> str:
    """A cell as text; what is missing (``None``, NaN, NaT) is ``""``."""
    return "" if value is None or value != value else str(value)


def records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """The rows of a small frame, one mapping of column to cell each."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def number(value: object) -> int:
    """A cell as a whole number, 0 for what is missing or no number."""
    try:
        found = float(str(value))
    except ValueError:
        return 0
    return int(found) if math.isfinite(found) else 0


def fraction(value: object) -> float | None:
    """A cell as a fraction, ``None`` for what is missing or no number."""
    try:
        found = float(str(value))
    except ValueError:
        return None
    return found if math.isfinite(found) else None
