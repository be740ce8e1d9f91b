"""Every format that is promised: decoded, found as a copy of one picture, upright, or skipped as such."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from skimage import data

from pdpo_audit import Workspace
from pdpo_audit.workspace.project import ScanOptions

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
