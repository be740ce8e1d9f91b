"""Whether the public can see a source has more than two answers: that nobody has said is one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.rules.assessing import project_facts
from tests.workspace.library import make_library

PARTLY = 'external_facing = "partly"\n[[sources.facts]]\nmatch = "set0/**"\nlocation.external_facing = true\n'


@pytest.mark.parametrize(
    ("stated", "public", "facts"),
    [
        ("external_facing = true\n", "yes", {"set0": True, "set1": True}),
        ("external_facing = false\n", "no", {"set0": False, "set1": False}),
        (PARTLY, "partly", {"set0": True, "set1": None}),
        ("", "unknown", {"set0": None, "set1": None}),
    ],
)
def test_each_answer_stays_what_it_is(tmp_path: Path, stated: str, public: str, facts: dict[str, bool | None]) -> None:
    make_library(tmp_path / "share", 2)
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "share")
    settings = workspace.project.settings_path
    told = settings.read_text("utf-8")
    assert "\n# external_facing = false" in told  # what nobody has said is not written down as a no
    settings.write_text(told + stated, "utf-8")
    workspace.project.reload()
    workspace.scan(ScanOptions(workers=0, people="off"))
    frame = project_facts(workspace.project)
    column = frame["location.external_facing"].astype(object).where(frame["location.external_facing"].notna(), None)
    assert dict(zip(frame["path"].str[:4], column, strict=True)) == facts
    (record,) = workspace.project.source_records().values()
    assert record.public == public
