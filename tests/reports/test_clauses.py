"""Sentences put together of clauses are told in Chinese whole, whatever stands in their quotes."""

from __future__ import annotations

import re

import pytest

from pdpo_audit.reports.words.labels import ENGLISH, load_wording
from pdpo_audit.resources import resource

SENTENCES = [
    'named by the metadata of the copy "set/a; b.jpg"; 1 face graded identifiable: 48 px between the eyes, sharp',
    'the sidecar "a.jpg.xmp" names a person shown; a face region in the sidecar "a.jpg.xmp" carries a name',
    'the master shows no face while the copy "a: b.jpg" does: 2-5 faces graded borderline, in a crowd: not sharp',
    'shown by the copy "a.jpg" and not by the master: its metadata names a person shown; 3 of 12 copies not examined'
    " for faces",
    "a model release is recorded (MR-UMR); more than 5 faces graded not identifiable: pixelated to 6 blocks across",
    'a model release is recorded in the sidecar "x.xmp" (MR-UMR); too small: 2.9 px between the eyes; turned away',
    "too small to be sure: face-like, living person not certain; in frame 3",
    "1,234 bytes lie behind the end of the picture: a document (PDF); not examined",
    'belongs to the copy "a.jpg" and 3 more; not read: larger than 8 MB',
    "folder cannot be listed: Permission denied",
    "3 smaller versions of its pages in the file are no holdings",
    "20000 x 9000 pixels, the limit is 100000000",
]


@pytest.mark.parametrize("text", SENTENCES)
def test_no_english_is_left_outside_of_quotes(text: str) -> None:
    told = load_wording(resource("report_templates") / "audit", "zh-Hant").clauses(text)
    quoted = re.findall(r'"([^"]*)"', text)
    assert re.findall("「([^」]*)」", told) == quoted
    assert not re.search(r"[A-Za-z]{2,}", re.sub("「[^」]*」|MR-UMR|PDF|MB", "", told)), told
    assert set(re.findall(r"\d[\d,.]*", text.split('"')[-1])) <= set(re.findall(r"\d[\d,.]*", told))


def test_english_stays_as_it_was_written_and_what_no_label_knows_stays_in_any_language() -> None:
    assert ENGLISH.clauses(SENTENCES[0]) == SENTENCES[0]
    chinese = load_wording(resource("report_templates") / "audit", "zh-Hant")
    assert chinese.clauses("libpng warning: bad; not sharp") == "libpng warning: bad；不清晰"
