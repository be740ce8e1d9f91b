"""Every format that is promised: decoded, found as a copy of one picture, upright, or skipped as such."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import imagecodecs
import numpy as np
import pandas as pd
import pytest
import resvg_py
from PIL import Image
from skimage import data
from sqlalchemy import delete, select, update

from pdpo_audit import Workspace
from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.queries.totals import unread_formats
from pdpo_audit.imaging.formats import table
from pdpo_audit.pipeline.remembered import READERS_TRIED
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.setup import diagnosis
from tests.imaging.readers.makers import photoshop, raw_tiff, saved, svg

HEIC = Path(__file__).parent / "heic"
OFF = ScanOptions(workers=0, people="off")


def picture() -> Image.Image:
    """What the HEIC files show, from the same public-domain picture."""
    whole = Image.fromarray(data.astronaut())  # type: ignore[no-untyped-call]  # scikit-image is typed in part
    return whole.resize((320, 320), Image.Resampling.LANCZOS).crop((0, 0, 320, 256))


def _turned(file: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture().transpose(Image.Transpose.ROTATE_90).save(file, quality=90, exif=exif)


def _deep_png(file: Path) -> None:
    grey = np.asarray(picture().convert("L")).astype(np.uint16) * 257
    Image.fromarray(grey).save(file)


def _with_alpha(file: Path) -> None:
    image = picture().convert("RGBA")
    image.putalpha(Image.new("L", image.size, 255))
    image.save(file)


def _palette_alpha(file: Path) -> None:
    image = picture().quantize(128)
    image.info["transparency"] = bytes([255] * 128)
    image.save(file)


WRITERS: dict[str, Callable[[Path], object]] = {
    "baseline.jpg": lambda file: picture().save(file, quality=85),
    "progressive.jpg": lambda file: picture().save(file, quality=80, progressive=True),
    "cmyk.jpg": lambda file: picture().convert("CMYK").save(file, quality=90),
    "grey.jpg": lambda file: picture().convert("L").save(file, quality=90),
    "turned.jpg": _turned,
    "truecolour.png": lambda file: picture().save(file),
    "sixteen.png": _deep_png,
    "sixteen.tif": _deep_png,
    "alpha.png": _with_alpha,
    "palette.png": lambda file: picture().quantize(256).save(file),
    "palette-alpha.png": _palette_alpha,
    "animation.gif": lambda file: picture().save(file, save_all=True, append_images=[Image.new("RGB", (320, 256))]),
    "bitmap.bmp": lambda file: picture().save(file),
    "packed.tif": lambda file: picture().save(file, compression="tiff_lzw"),
    "cmyk.tif": lambda file: picture().convert("CMYK").save(file),
    "lossy.webp": lambda file: picture().save(file, quality=80),
    "lossless.webp": lambda file: picture().save(file, lossless=True),
    "picture.avif": lambda file: picture().save(file, quality=75),
    "upright.heic": lambda file: shutil.copy(HEIC / "upright.heic", file),
    "turned.heic": lambda file: shutil.copy(HEIC / "turned.heic", file),
    "archive.jp2": lambda file: picture().save(file),
    "codestream.j2k": lambda file: picture().save(file, irreversible=True, quality_layers=[12]),
    "picture.tga": lambda file: picture().save(file),
    "picture.pcx": lambda file: picture().save(file),
    "picture.ppm": lambda file: picture().save(file),
    "picture.sgi": lambda file: picture().save(file),
    "picture.dds": lambda file: picture().save(file),
    "layers.psd": lambda file: file.write_bytes(photoshop(np.asarray(picture()))),
    "large.psb": lambda file: file.write_bytes(photoshop(np.asarray(picture()), version=2)),
    "camera.nef": lambda file: file.write_bytes(raw_tiff(saved(picture(), "JPEG", quality=90), size=(320, 256))),
    "packed.jxl": lambda file: file.write_bytes(imagecodecs.jpegxl_encode(np.asarray(picture()), level=95)),
}


@pytest.fixture(scope="module")
def holdings(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    folder = tmp_path_factory.mktemp("formats")
    share = folder / "share"
    share.mkdir()
    for name, write in WRITERS.items():
        write(share / name)
    workspace = Workspace.create(folder / "audit")
    workspace.add(share)
    workspace.scan(OFF)
    return workspace.table("holdings").set_index("path")


@pytest.mark.parametrize("name", WRITERS)
def test_a_copy_is_decoded_and_found_in_every_format(holdings: pd.DataFrame, name: str) -> None:
    row = holdings.loc[name]
    assert (row["skipped_reason"], row["width"], row["height"]) == ("", 320, 256)
    (largest,) = holdings["cluster_id"].mode()
    assert row["cluster_id"] == largest != ""


def test_the_metadata_of_heic_is_read(holdings: pd.DataFrame) -> None:
    for name in ("upright.heic", "turned.heic"):
        assert holdings.loc[name, "captured"] == "2024-05-01T12:00:00"
        assert holdings.loc[name, "format"] == "HEIC"


def test_a_heic_is_found_from_its_jpeg(tmp_path: Path) -> None:
    from pdpo_audit.workspace.scan.searching import find

    share = tmp_path / "share"
    share.mkdir()
    shutil.copy(HEIC / "turned.heic", share)
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(share)
    workspace.scan(OFF)
    asked = tmp_path / "asked.jpg"
    picture().save(asked, quality=70)
    (found,) = find(workspace.project, [asked])
    assert (found.path, found.through) == ("turned.heic", "comparison")


def test_every_page_of_a_tiff_is_a_picture_of_its_own(tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    other = picture().transpose(Image.Transpose.TRANSPOSE).crop((20, 30, 220, 290))
    picture().save(share / "scan.tif", save_all=True, append_images=[Image.new("RGB", (60, 40)), other])
    picture().save(share / "single.png")
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(share)
    workspace.scan(OFF)
    table = workspace.table("holdings").set_index("path")
    assert list(table.index) == ["scan.tif!/page/1", "scan.tif!/page/2", "scan.tif!/page/3", "single.png"]
    clusters = dict(zip(table.index, table["cluster_id"], strict=True))
    assert clusters["scan.tif!/page/1"] == clusters["single.png"] != ""
    assert tuple(table.loc["scan.tif!/page/3", ["width", "height"]]) == (200, 260)


def test_a_heic_that_is_cut_short_costs_only_itself(tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    whole = (HEIC / "upright.heic").read_bytes()
    (share / "cut.heic").write_bytes(whole[: len(whole) // 2])
    shutil.copy(HEIC / "upright.heic", share)
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(share)
    workspace.scan(OFF)
    skipped = workspace.table("skipped")
    assert list(skipped["path"]) == ["cut.heic"] and skipped["reason"].isin(["truncated", "damaged"]).all()


def _drawing() -> bytes:
    rng = np.random.default_rng(5)
    discs = "".join(
        f'<circle cx="{x}" cy="{y}" r="{r}" fill="rgb({red},{green},{blue})"/>'
        for x, y, r, red, green, blue in rng.integers((20, 20, 5, 0, 0, 0), (280, 180, 40, 255, 255, 255), (14, 6))
    )
    return svg(discs + '<path d="M40 60h180v12h-180zM60 90h60v60h-20v-40h-40z" fill="#102030"/>')


@pytest.fixture(scope="module")
def related(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """A RAW, a layered file and a drawing, each with what was made from it."""
    folder = tmp_path_factory.mktemp("related")
    share = folder / "share"
    share.mkdir()
    large = picture().resize((960, 768), Image.Resampling.LANCZOS)
    preview = saved(large.resize((480, 384)), "JPEG", quality=90)
    (share / "IMG_1.NEF").write_bytes(raw_tiff(preview, size=(960, 768)))
    large.save(share / "IMG_1.JPG", quality=92)
    large.resize((480, 384)).save(share / "web.jpg", quality=80)
    cat = Image.fromarray(data.chelsea())  # type: ignore[no-untyped-call]
    (share / "cat.psd").write_bytes(photoshop(np.asarray(cat)))
    cat.save(share / "cat.jpg", quality=85)
    cat.resize((225, 150)).save(share / "cat-small.jpg", quality=85)
    (share / "logo.svg").write_bytes(_drawing())
    for width in (1024, 500):
        drawn = resvg_py.svg_to_bytes(svg_string=_drawing().decode(), width=width, background="#ffffff")
        (share / f"logo-{width}.png").write_bytes(bytes(drawn))
    workspace = Workspace.create(folder / "audit")
    workspace.add(share)
    workspace.scan(OFF)
    return workspace.table("holdings").set_index("path")


@pytest.mark.parametrize(
    ("master", "copy", "relation", "seen_by"),
    [
        ("IMG_1.NEF", "IMG_1.JPG", "recompressed", "embedded preview"),
        ("IMG_1.NEF", "web.jpg", "resized", "embedded preview"),
        ("cat.psd", "cat.jpg", "recompressed", None),
        ("cat.psd", "cat-small.jpg", "resized", None),
        ("logo.svg", "logo-1024.png", "recompressed", "drawing"),
        ("logo.svg", "logo-500.png", "resized", "drawing"),
    ],
)
def test_copies_across_formats(related: pd.DataFrame, master: str, copy: str, relation: str, seen_by: str) -> None:
    assert str(related.loc[copy, "cluster_id"]) == str(related.loc[master, "cluster_id"]) != ""
    assert (related.loc[master, "relation"], related.loc[copy, "relation"]) == ("master", relation)
    evidence = json.loads(str(related.loc[copy, "relation_evidence"]))
    assert evidence.get("decided_from") == seen_by
    assert not seen_by or (evidence["made_from"], evidence["trace"]) == ("master", "format")


def test_what_may_be_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_is_installed", lambda _module: False)
    found = {one.finding: one.remedy for one in diagnosis._unread({"CR3": 1240, "DNG": 3, "SVG": 2, "EXR": 1})}
    assert found == {
        "install pdpo-audit[raw] to read 1,240 CR3, 3 DNG": 'pip install "pdpo-audit[raw]"',
        "install pdpo-audit[vector] to read 2 SVG": 'pip install "pdpo-audit[vector]"',
        "1 EXR cannot be read; nothing that may be installed helps": "",
    }


def test_what_could_not_be_read_before_is_read_by_the_next_scan(tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    (share / "logo.svg").write_bytes(_drawing())
    (share / "old.exr").write_bytes(b"v/1\x01" + bytes(99))
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(share)
    workspace.scan(OFF)
    with workspace.project.store.transaction() as transaction:  # as a version without its reader left it
        skipped = {"reason": "format_not_decoded", "detail": "SVG", "width": 0, "height": 0}
        transaction.connection.execute(update(schema.contents).where(schema.contents.c.format == "SVG").values(skipped))
        transaction.connection.execute(delete(schema.fingerprints))
        transaction.remember(READERS_TRIED, "")
    assert list(workspace.table("skipped")["path"]) == ["logo.svg", "old.exr"]
    assert unread_formats(workspace.project.store) == {"EXR": 1, "SVG": 1}
    workspace.scan(replace(OFF, thorough=True))
    assert list(workspace.table("skipped")["path"]) == ["old.exr"]
    row = workspace.table("holdings").set_index("path").loc["logo.svg"]
    assert (row["width"], row["height"], row["skipped_reason"]) == (1024, 683, "")


def test_a_preview_that_an_older_version_took_for_honest_is_told_by_the_next_scan(tmp_path: Path) -> None:
    share, pixels = tmp_path / "share", np.random.default_rng(7).integers(0, 255, (2, 12, 16, 3), np.uint8)
    share.mkdir()
    first, second = (
        Image.fromarray(one).resize(size) for one, size in zip(pixels, ((480, 360), (160, 120)), strict=True)
    )
    first.save(share / "two.jpg", "MPO", save_all=True, append_images=[second])
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(share)
    workspace.scan(OFF)
    assert list(workspace.table("holdings")["stale_thumbnail"]) == [True]
    with workspace.project.store.transaction() as transaction:
        transaction.connection.execute(update(schema.contents).values(metadata='{"caption": "Quarry"}'))
        transaction.connection.execute(update(schema.fingerprints).values(method="older"))
    workspace.scan(replace(OFF, thorough=True))
    assert list(workspace.table("holdings")["stale_thumbnail"]) == [True]
    with workspace.project.store.reading() as connection:
        (told,) = connection.execute(select(schema.contents.c.metadata)).scalars()
    assert json.loads(told) == {"caption": "Quarry", "stale_thumbnail": True}
