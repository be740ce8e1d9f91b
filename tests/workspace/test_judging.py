"""What named people say of pictures is kept: masters, rejected pairs, legal determinations."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from PIL import Image

from pdpo_audit import Workspace
from pdpo_audit.catalogue.queries.naming import holdings_named
from pdpo_audit.errors import CallError
from pdpo_audit.model.judgements import LegalDetermination, LegalReason
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.purging import purge
from tests.workspace.library import allow_losses, picture

OFF = ScanOptions(workers=0, people="off")


@pytest.fixture
def audit(tmp_path: Path) -> Workspace:
    share = tmp_path / "share"
    (share / "set").mkdir(parents=True)
    picture(1, (640, 480)).save(share / "original.png")
    picture(1, (640, 480)).save(share / "web.jpg", quality=40)
    (share / "set" / "again.png").write_bytes((share / "original.png").read_bytes())
    picture(1, (640, 480)).resize((320, 240), Image.Resampling.LANCZOS).save(share / "small.jpg")
    picture(2, (640, 480)).save(share / "other.png")
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(share)
    workspace.scan(OFF)
    return workspace


def cluster(workspace: Workspace) -> Any:
    (row,) = workspace.table("clusters").itertuples()
    return row


def relations(workspace: Workspace) -> dict[str, str]:
    table = workspace.table("holdings")
    return dict(zip(table["path"], table["relation"], strict=True))


def test_a_proposed_master_is_confirmed_at_once_and_for_good(audit: Workspace) -> None:
    proposed = cluster(audit)
    assert (proposed.master_status, proposed.confirmed_by) == ("proposed", "")
    audit.confirm_master(proposed.master_path, by="Chan  Tai Man", role="reviewer", reason="the delivered file")
    for _ in range(2):
        now = cluster(audit)
        assert (now.master_path, now.master_status, now.confirmed_by) == (
            proposed.master_path, "confirmed", "Chan Tai Man",
        )  # fmt: skip
        audit.scan(OFF)
    event = next(one.event for one in audit.project.store.events() if one.event.kind == "master confirmed")
    holdings = audit.table("holdings")
    digest = holdings.loc[holdings["path"] == proposed.master_path, "sha256"].item()
    assert (event.details["by"], event.details["content"]) == ("Chan Tai Man", digest)
    assert proposed.master_path not in json.dumps(event.details)


def test_another_copy_that_a_person_confirms_becomes_the_master(audit: Workspace) -> None:
    before = relations(audit)
    assert before["web.jpg"] == "recompressed"
    audit.confirm_master("share:web.jpg", by="Chan Tai Man")
    assert cluster(audit).master_path != "web.jpg"
    audit.scan(OFF)
    now = cluster(audit)
    assert (now.master_path, now.master_status, now.copies) == ("web.jpg", "confirmed", 4)
    after = relations(audit)
    assert after["web.jpg"] == "master" and after["original.png"] == after["set/again.png"] == "recompressed"
    assert after["small.jpg"] in ("resized", "recompressed")
    (known,) = audit.judgements()
    audit.undo(known.judgement_id, by="Wong")
    audit.scan(OFF)
    assert (cluster(audit).master_status, relations(audit)) == ("proposed", before)


def test_beside_a_confirmed_crop_another_part_is_edited_and_the_evidence_says_why(tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    whole = picture(1, (640, 480))
    whole.save(share / "original.png")
    whole.crop((0, 0, 310, 480)).save(share / "left.png")
    whole.crop((330, 0, 640, 480)).save(share / "right.png")
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(share)
    workspace.scan(OFF)
    assert relations(workspace) == {"original.png": "master", "left.png": "cropped", "right.png": "cropped"}
    workspace.confirm_master("share:left.png", by="Chan Tai Man")
    workspace.scan(OFF)
    assert relations(workspace) == {"left.png": "master", "original.png": "edited", "right.png": "edited"}
    told = workspace.table("holdings").set_index("path")["relation_evidence"]
    assert json.loads(str(told["right.png"]))["named_by"] == "confirmed master"
    assert "crop" not in json.loads(str(told["right.png"])), "how it lay in the old master says nothing of this one"
    assert json.loads(str(told["original.png"]))["named_by"] == "whole"


def test_of_identical_copies_the_one_that_was_named_is_the_master(audit: Workspace) -> None:
    for path in ("set/again.png", "original.png"):
        audit.confirm_master(path, by="Chan Tai Man")
        audit.scan(OFF)
        assert (cluster(audit).master_path, cluster(audit).master_status) == (path, "confirmed")


def cluster_ids(workspace: Workspace) -> dict[str, str]:
    table = workspace.table("holdings")
    return dict(zip(table["path"], table["cluster_id"], strict=True))


def test_a_rejected_pair_stays_apart_until_its_bytes_change(audit: Workspace, tmp_path: Path) -> None:
    audit.reject_pair("original.png", "web.jpg", by="Chan Tai Man", reason="not the same")
    for _ in range(2):
        audit.scan(OFF)
        assert cluster_ids(audit)["original.png"] != cluster_ids(audit)["web.jpg"]
    links = audit.table("links")
    (link,) = links[links["kind"] == "rejected"].itertuples()
    assert {link.left_path, link.right_path} == {"original.png", "web.jpg"}
    picture(1, (640, 480)).save(tmp_path / "share" / "web.jpg", quality=41)
    audit.scan(OFF)
    assert cluster_ids(audit)["original.png"] == cluster_ids(audit)["web.jpg"] != ""
    assert not (audit.table("links")["kind"] == "rejected").any()


def test_a_rejection_that_is_taken_back_joins_them_again(audit: Workspace) -> None:
    before = {name: audit.table(name) for name in ("holdings", "links")}
    made = audit.reject_pair("original.png", "web.jpg", by="Chan Tai Man", reason="a mistake")
    audit.scan(OFF)
    audit.undo(made.judgement_id.lower(), by="Chan Tai Man")
    audit.scan(OFF)
    for name, table in before.items():
        pd.testing.assert_frame_equal(audit.table(name), table)
    assert audit.judgements() == []


def test_only_a_named_person_determines_what_a_picture_is_in_law(audit: Workspace) -> None:
    assert set(audit.table("holdings")["legal_determination"]) == {"not_assessed"}
    audit.determine(
        "original.png",
        LegalDetermination.NOT_PERSONAL_DATA,
        code=LegalReason.NON_INDIVIDUAL,
        by="Ho",
        role="dpo",
    )
    audit.scan(OFF)
    table = audit.table("holdings").set_index("path")
    for path in ("original.png", "set/again.png"):
        assert tuple(table.loc[path, ["legal_determination", "determined_by"]]) == ("not_personal_data", "Ho")
    assert table.loc["web.jpg", "legal_determination"] == "not_assessed"


Wrong = Callable[[Workspace], object]
WRONG: dict[str, Wrong] = {
    "nobody": lambda w: w.confirm_master("original.png", by=" "),
    "a single": lambda w: w.confirm_master("other.png", by="Chan"),
    "nothing": lambda w: w.confirm_master("missing.png", by="Chan"),
    "identical": lambda w: w.reject_pair("original.png", "set/again.png", by="Chan", reason="no"),
    "no reason": lambda w: w.reject_pair("original.png", "web.jpg", by="Chan", reason=" "),
    "no determination": lambda w: w.determine(
        "web.jpg", LegalDetermination.NOT_ASSESSED, code=LegalReason.DECEASED, by="Chan", role="dpo"
    ),
    "no role": lambda w: w.determine(
        "web.jpg", LegalDetermination.PERSONAL_DATA, code=LegalReason.DECEASED, by="Chan", role=""
    ),
    "unknown": lambda w: w.undo("M-0", by="Chan"),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=list(WRONG))
def test_what_cannot_be_judged_changes_nothing(audit: Workspace, wrong: Wrong) -> None:
    events = audit.project.store.events()
    with pytest.raises(CallError):
        wrong(audit)
    assert audit.judgements() == [] and audit.project.store.events() == events


def test_judgements_outlive_the_files_and_keep_no_path(audit: Workspace, tmp_path: Path) -> None:
    audit.confirm_master("original.png", by="Chan Tai Man")
    for name in ("original.png", "set/again.png"):
        (tmp_path / "share" / name).unlink()
    allow_losses(audit)
    audit.scan(OFF)
    (known,) = audit.judgements()
    assert (known.left, known.left_copies, known.by) == ("(no longer held)", 0, "Chan Tai Man")
    assert cluster(audit).master_status == "proposed"
    with audit.project.store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM judgements").all()
    assert "original" not in json.dumps([[str(cell) for cell in row] for row in rows])


def test_judgements_outlive_the_working_data(audit: Workspace) -> None:
    audit.confirm_master("set/again.png", by="Chan Tai Man")
    audit.reject_pair("original.png", "small.jpg", by="Chan Tai Man", reason="not the same")
    purge(audit.project, early=True)
    assert len(audit.judgements()) == 2 and audit.table("holdings").empty
    audit.scan(OFF)
    headed = audit.table("clusters").set_index("master_path")
    assert headed.loc["set/again.png", "master_status"] == "confirmed"
    assert cluster_ids(audit)["small.jpg"] != cluster_ids(audit)["original.png"]


def test_a_holding_is_named_as_it_is_printed_or_as_a_shell_shows_it(tmp_path: Path) -> None:
    share = tmp_path / "share"
    (share / "scan.tif!" / "page").mkdir(parents=True)
    names = [b"a\xff.jpg", b"a%FF.jpg", b"50% off.jpg", b"scan.tif!/page/1"]
    for number, name in enumerate(names):
        picture(number).save(share / os.fsdecode(name), format="JPEG")
    picture(7).save(share / "scan.tif", save_all=True, append_images=[picture(8)])
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(share)
    workspace.scan(OFF)
    digests = workspace.table("holdings").set_index("path")["sha256"]
    assert len(digests) == len(set(digests.index)) == 6

    def meant(name: str) -> str:
        (one,) = holdings_named(workspace.project.store, name)
        return one.path

    printed = {"a%FF.jpg", "a%25FF.jpg", "50%25 off.jpg", "scan.tif!/page/1", "scan.tif!/page/2", "scan.tif%21/page/1"}
    assert set(digests.index) == printed
    assert {name: meant(name) for name in printed} == {name: name for name in printed}
    assert meant("50% off.jpg") == meant("share:50% off.jpg") == "50%25 off.jpg"
