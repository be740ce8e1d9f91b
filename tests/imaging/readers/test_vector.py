"""Drawings: what runs, leads outside or multiplies is taken out of SVG; PostScript is never run."""

from __future__ import annotations

import base64
import gzip
import struct
from io import BytesIO
from pathlib import Path

import numpy as np
import pikepdf
import pytest

from pdpo_audit.imaging.formats import table
from pdpo_audit.model.locations.holdings import SkipReason
from tests.imaging.readers.makers import is_close, notes, picture, problem, saved, shown, svg

RED = '<rect width="300" height="200" fill="#c00000"/>'


def test_svg_and_svgz() -> None:
    data = svg(RED)
    found = shown(data)
    assert found.shape == (683, 1024, 3)
    assert tuple(found[300, 500]) == (192, 0, 0)
    assert np.array_equal(shown(gzip.compress(data)), found)
    assert problem(gzip.compress(data * 50)[:40]).reason in (SkipReason.TRUNCATED, SkipReason.DAMAGED)


def test_entities_of_drawing_programs() -> None:
    head = '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x" [<!ENTITY red "#c00000">]>'
    assert tuple(shown(svg(RED.replace("#c00000", "&red;"), head=head))[300, 500]) == (192, 0, 0)


@pytest.mark.parametrize("how", ["href", "xlink:href"])
@pytest.mark.parametrize("form", ["{0}", "file://{0}"])
def test_no_other_file_is_drawn(tmp_path: Path, how: str, form: str) -> None:
    other = tmp_path / "secret.png"
    other.write_bytes(saved(picture(300, 200), "PNG"))
    inside = f'<image {how}="{form.format(other)}" width="300" height="200"/>'
    assert shown(svg(inside)).min() == 255
    assert shown(svg(f'<style>@import url("{other}"); rect {{fill: url({other})}}</style>')).min() == 255


def test_an_embedded_picture_is_drawn_and_named() -> None:
    body = base64.b64encode(saved(picture(300, 200), "PNG")).decode()
    data = svg(f'<image href="data:image/png;base64,{body}" width="300" height="200"/>')
    assert is_close(shown(data), np.asarray(picture(300, 200).resize((1024, 683))), 6)
    assert notes(data)[1] == "an embedded picture is seen as far as it is drawn"


def test_what_multiplies_is_refused() -> None:
    layers = "".join(f'<g id="a{n}">' + f'<use href="#a{n - 1}"/>' * 10 + "</g>" for n in range(1, 8))
    assert problem(svg(f'<defs><g id="a0">{RED}</g>{layers}</defs><use href="#a7"/>')).reason is SkipReason.TOO_LARGE
    assert problem(svg('<g id="a"><use href="#a"/></g>')).reason is SkipReason.TOO_LARGE
    laughs = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    assert problem(svg("<text>&b;</text>", head=laughs)).reason is SkipReason.DAMAGED
    outside = '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    assert problem(svg("<text>&a;</text>", head=outside)).reason is SkipReason.DAMAGED


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_is_installed", lambda _module: False)
    assert problem(svg(RED)).detail == "SVG: install pdpo-audit[vector] to read it"


def test_illustrator_with_a_pdf_inside() -> None:
    document = pikepdf.new()
    document.add_blank_page(page_size=(300, 200))
    document.pages[0].contents_add(b"0.75 0 0 rg 0 0 300 200 re f")
    buffer = BytesIO()
    document.save(buffer)
    found = shown(buffer.getvalue())
    assert found.shape == (683, 1024, 3)
    assert tuple(found[300, 500]) == (191, 0, 0)


def test_previews_of_encapsulated_postscript() -> None:
    bits = np.zeros((40, 80), np.uint8)
    bits[:, 40:] = 1
    rows = "\n".join("% " + row.tobytes().hex() for row in np.packbits(bits, axis=1))
    text = f"%!PS-Adobe-3.0 EPSF-3.0\n%%BeginPreview: 80 40 1 40\n{rows}\n%%EndPreview\n".encode()
    found = shown(text)
    assert found.shape == (40, 80, 3)
    assert (found[20, 10, 0], found[20, 70, 0]) == (255, 0)
    tiff = saved(picture(), "TIFF")
    program = b"%!PS-Adobe-3.0\n"
    head = b"\xc5\xd0\xd3\xc6" + struct.pack("<6IH", 30, len(program), 0, 0, 30 + len(program), len(tiff), 0xFFFF)
    data = head + program + tiff
    assert np.array_equal(shown(data), np.asarray(picture()))
    assert notes(data) == ("seen by the preview in it (480 x 320 pixels)",)


def test_postscript_is_never_run() -> None:
    found = problem(b"%!PS-Adobe-3.0 EPSF-3.0\n0 0 moveto showpage\n")
    assert found.reason is SkipReason.FORMAT_NOT_DECODED
    assert "never done" in found.detail
