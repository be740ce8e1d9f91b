"""What a hold selects, selector by selector: what might fall under it does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from pdpo_audit.model.findings import STOP_RULE, Hold
from pdpo_audit.policy.stating.holds import is_active, select

ON = date(2026, 6, 1)
FRAME = pd.DataFrame(
    {
        "source": ["nas", "nas", "web", "web"],
        "path": ["a/1.jpg", "a/2.jpg", "a/1.jpg", "b/3.jpg"],
        "sha256": ["s1", "s2", "s1", "s3"],
        "cluster_id": ["C1", "", "C1", ""],
        "image.captured_on": ["2020-01-01", "2020-01-31", "2020-02-01", None],
    }
)


def hold(**selectors: Any) -> Hold:
    base: dict[str, Any] = {"hold_id": "H-1", "kind": "complaint", "matter": "m", "issued_by": "Lee", "language": "1"}
    return Hold(**{**base, "issuer_role": "legal", "starts_on": date(2026, 1, 1), **selectors})


def selected(frame: pd.DataFrame, **selectors: Any) -> list[int]:
    rows = select([hold(**selectors)], frame, ON)
    return [place for place, number in enumerate(rows.rows) if rows.sets[number]]


@pytest.mark.parametrize(
    ("selectors", "rows"),
    [
        ({"source": "nas"}, [0, 1]),
        ({"sha256": "s1"}, [0, 2]),
        ({"cluster_id": "C1"}, [0, 2]),
        ({"pictures": ("s2", "s3")}, [1, 3]),
        ({"path_pattern": "a/*.jpg"}, [0, 1, 2]),
        ({"path_pattern": "a/*.jpg", "source": "web"}, [2]),
        ({"source": "nas", "also": (("web", "b/3.jpg"),)}, [0, 1, 3]),
        ({"source": "nobody", "also": (("web", "a/1.jpg"),)}, [2]),
        ({"captured_from": date(2020, 1, 1), "captured_until": date(2020, 1, 31)}, [0, 1, 3]),
        ({"captured_from": date(2020, 1, 2)}, [1, 2, 3]),
        ({"captured_until": date(2020, 1, 30)}, [0, 3]),
        ({"captured_from": date(2020, 2, 1)}, [2, 3]),
        ({"captured_until": date(2019, 12, 31), "source": "nas"}, []),
    ],
)
def test_each_selector(selectors: dict[str, Any], rows: list[int]) -> None:
    assert selected(FRAME, **selectors) == rows


def test_an_unknown_date_is_held() -> None:
    assert selected(FRAME.drop(columns="image.captured_on"), captured_until=date(1999, 1, 1)) == [0, 1, 2, 3]
    odd = FRAME.copy()
    odd["image.captured_on"] = ["no date", None, "2020-02-01", "2020-02-01"]
    assert selected(odd, captured_until=date(1999, 1, 1)) == [0, 1]


def test_the_first_day_and_the_day_of_its_release() -> None:
    one = hold(starts_on=date(2026, 1, 1), released_on=date(2026, 6, 1))
    assert [is_active(one, date(2025, 12, 31)), is_active(one, date(2026, 1, 1))] == [False, True]
    assert [is_active(one, date(2026, 5, 31)), is_active(one, ON)] == [True, False]
    assert is_active(hold(), date(2099, 1, 1))


def test_the_stop_rule_holds_every_copy_of_the_picture_and_of_its_cluster() -> None:
    flagged = FRAME.assign(cluster_id=["C1", "C1", "", ""])
    flagged["sensitivity"] = pd.Series([(STOP_RULE,), (), (), ()], dtype=object)
    found = select([hold(source="web")], flagged, ON)
    said = [[one.kind for one in found.sets[number]] for number in found.rows]
    assert said == [[STOP_RULE], [STOP_RULE], [STOP_RULE, "complaint"], ["complaint"]]
