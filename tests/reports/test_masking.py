"""The distribution copy tells no folder and no file name."""

from __future__ import annotations

from pathlib import Path

from pdpo_audit.model.follow_ups import FollowUp, Returned
from pdpo_audit.model.tables import Table
from pdpo_audit.reports.content.composition import compose
from pdpo_audit.reports.pdf import render_html
from pdpo_audit.reports.tables.masking import MaskedTables, mask_follow_up, mask_path

from . import example

KEY = b"0123456789abcdef"
TEMPLATES = Path(__file__).parents[2] / "report_templates"


def test_a_mask_is_stable_and_tells_nothing() -> None:
    masked = mask_path("HR/leavers/Chan_TM/badge.jpg", KEY)
    assert masked == mask_path("HR/leavers/Chan_TM/badge.jpg", KEY)
    assert masked != mask_path("HR/leavers/Chan_TM/badge.jpg", b"another key 1234")
    assert masked.endswith(".jpg")
    assert not any(word in masked for word in ("HR", "leavers", "Chan", "badge"))


def test_files_of_one_folder_share_its_code_and_members_their_file() -> None:
    one, two = mask_path("a/b/c.jpg", KEY), mask_path("a/b/d.jpg", KEY)
    assert one.rpartition("/")[0] == two.rpartition("/")[0]
    assert one != two
    pages = [mask_path(f"a/scan.tif!/page/{number}", KEY) for number in (1, 2)]
    assert pages[0].partition("!/")[0] == pages[1].partition("!/")[0] == mask_path("a/scan.tif", KEY)


def test_an_odd_suffix_is_not_shown() -> None:
    assert "Chan" not in mask_path("photo.Chan Tai Man", KEY)


def test_no_path_is_left_in_the_masked_report_and_the_numbers_stay() -> None:
    tables = example.tables()
    tables.rows[Table.FINDINGS][0]["explanation"] = f"see {tables.rows[Table.FINDINGS][0]['path']}"
    masked = compose(example.header(), MaskedTables(tables, KEY), masked=True)
    html, _ = render_html(masked, language="en", templates=TEMPLATES)
    names = {str(row["path"]) for table in (Table.HOLDINGS, Table.SKIPPED) for row in tables.rows[table]}
    assert not [name for name in names if name in html]
    assert "DSC_" not in html
    assert "Distribution copy" in html
    whole = compose(example.header(), tables)
    assert masked.totals == whole.totals
    assert masked.owners[0].cases[0].holdings == whole.owners[0].cases[0].holdings


def test_the_follow_up_carries_the_codes_that_the_tables_carry() -> None:
    returned = Returned(
        source="studio-nas", path="a/Chan_TM.jpg", owner="", cluster_id="", first_seen="2026-11-20",
        erased_source="studio-nas", erased_path="b/Chan_TM.jpg", proposed_in="2026-05-20-aaaaaa", gone_on="2026-11-20",
    )  # fmt: skip
    numbers = dict.fromkeys(
        ("proposed", "held", "gone", "moved", "joined", "joined_pictures", "returned_copies", "returned_pictures"), 1
    )
    found = FollowUp(audit_id="2026-05-20-aaaaaa", assessed_on="2026-05-20", returned=(returned,), **numbers)
    content = compose(example.header(), example.tables(), masked=True, follow_up=mask_follow_up(found, KEY, {}))
    html, _ = render_html(content, language="zh-Hant", templates=TEMPLATES)
    assert "Chan_TM" not in html
    assert mask_path("a/Chan_TM.jpg", KEY) in html and mask_path("b/Chan_TM.jpg", KEY) in html
