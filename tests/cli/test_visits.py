"""Pairs that lie at two sites, compared at a later visit, as somebody types it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Call
from tests.workspace.library import picture


def test_pairs_of_two_sites_are_compared_where_both_files_lie(tmp_path: Path, call: Call) -> None:
    shards: list[Path] = []
    for site, quality in (("island", 92), ("harbour", 60)):
        (tmp_path / site).mkdir()
        picture(7, (800, 600)).save(tmp_path / site / f"{site}.jpg", quality=quality)
        assert call("init", tmp_path / f"of-{site}", "--source", tmp_path / site).code == 0
        scan = ("scan", "--shard", "1/1", "--people", "off", "--workers", "0", "--workspace", tmp_path / f"of-{site}")
        assert call(*scan).code == 0
        shards += (tmp_path / f"of-{site}" / "shards").glob("*.zip")
    joined = tmp_path / "joined"
    assert call("init", joined).code == 0
    merged = json.loads(call("catalogue", "merge", *shards, "--workspace", joined, "--json").out)
    assert merged["to_verify"] == 1
    held = json.loads(call("export", "holdings", "--format", "json", "--workspace", joined).out)
    assert [one["path"] for one in held] == ["harbour.jpg", "island.jpg"], "the roots of both sites have one name"
    verify = ("catalogue", "verify-pairs", "--workspace", joined)
    unclear = call(*verify, "--at", "island")
    assert unclear.code == 2 and "--at SOURCE=FOLDER" in unclear.err
    near = call(*verify, "--at", f"island={tmp_path / 'island'}", "--json")
    assert json.loads(near.out)["within_reach"] == 0
    done = call(*verify, "--at", f"island={tmp_path / 'island'}", "--at", f"harbour={tmp_path / 'harbour'}")
    assert done.code == 0 and "What is open still" in done.err
    status = json.loads(call("export", "clusters", "--format", "json", "--workspace", joined).out)
    assert [one["copies"] for one in status] == [2]
