"""A picture is looked for by showing it: bounded, decoded in a worker, and on no disk."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pdpo_audit import Workspace
from pdpo_audit.catalogue.reviewing.invitations import load_accesses
from pdpo_audit.review.access import uploads
from tests.review.conftest import ORIGIN, Visitor
from tests.workspace.library import picture

Join = Callable[[str], Visitor]


def shown(visitor: Visitor, data: bytes, token: str = "", name: str = "x.jpg") -> Any:
    form = {"csrf": token or visitor.token}
    return visitor.post("/find", data=form, files={"file": (name, data)}, headers={"origin": ORIGIN})


def jpeg(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=80)
    return stream.getvalue()


def _no_disk(_: object) -> None:
    raise AssertionError("a picture that somebody shows goes to a disk")


def test_copies_are_found_and_nothing_is_written(
    workspace: Workspace, join: Join, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr("tempfile.SpooledTemporaryFile.rollover", _no_disk)
    visitor = join("Chan Tai Man")
    data = jpeg(picture(1, (640, 480)).resize((2400, 1800)))
    data += b"\0" * (3_000_000 - len(data))  # beyond what form parsers keep in memory on their own
    before = {path for path in tmp_path.rglob("*") if "catalogue" not in path.name}
    answer = shown(visitor, data)
    assert answer.status_code == 200, answer.text
    for name in ("original.png", "small.jpg", "again.png"):
        assert name in answer.text
    assert {path for path in tmp_path.rglob("*") if "catalogue" not in path.name} == before
    assert [(one.person, one.what) for one in load_accesses(workspace.project.store)] == [("Chan Tai Man", "search")]
    nothing = shown(visitor, jpeg(picture(777)))
    assert "Nothing that you see shows this picture" in nothing.text


def test_what_somebody_does_not_see_is_not_found(join: Join) -> None:
    answer = shown(join("Ho Mei"), jpeg(picture(1, (640, 480))))
    assert "again.png" in answer.text and "original.png" not in answer.text and "small.jpg" not in answer.text


@pytest.mark.parametrize("data", [b"", b"no picture", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"])
def test_what_is_no_picture_is_told(data: bytes, join: Join) -> None:
    answer = shown(join("Chan Tai Man"), data, name="<script>alert(1)</script>.jpg")
    assert "<script" not in answer.text.replace('<script src="/static/review.js" defer>', "")
    assert answer.status_code == 400 or "Nothing that you see" in answer.text  # an SVG goes by its bytes alone


def test_a_bomb_costs_itself_only(join: Join) -> None:
    stream = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(stream, "PNG")
    visitor = join("Chan Tai Man")
    assert shown(visitor, stream.getvalue()).status_code in (200, 400)
    assert shown(visitor, jpeg(picture(1, (640, 480)))).status_code == 200


def test_uploads_are_bounded_and_forms_must_be_ours(
    stranger: Callable[[], Visitor], join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, data = join("Chan Tai Man"), jpeg(picture(1, (640, 480)))
    assert shown(visitor, data, token="0" * 64).status_code == 403
    assert shown(stranger(), data, token="0" * 64).status_code == 401
    monkeypatch.setitem(uploads.BOUNDS, "/find", 20_000)
    assert shown(visitor, bytes(30_000)).status_code == 413
    two = {"csrf": visitor.token}
    files = [("file", ("a.jpg", data)), ("file", ("b.jpg", data))]
    assert visitor.post("/find", data=two, files=files, headers={"origin": ORIGIN}).status_code in (400, 413)
    plain = visitor.submit("/find", file="text")
    assert plain.status_code == 400
