"""Files that are made to stop the program: each is refused within two seconds of processor time, with its place."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from pdpo_audit.errors import PolicyError
from pdpo_audit.policy.packs.folders import MAX_LISTED, load_pack
from pdpo_audit.policy.trees import MAX_BYTES, MAX_NODES, Mistakes, read_tree
from tests.policy.pack_readmes import pack_folders

SECONDS = 2.0
MEGABYTE = 1024 * 1024
HEAD = b"""rulepack: pdpo-audit/v1
pack: {id: x, version: 1.0.0, title: {en: a, zh-Hant: a}, summary: {en: a, zh-Hant: a}}
"""


def full(piece: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    """The piece as often as a file may hold it."""
    return before + piece * ((MAX_BYTES - len(before) - len(after)) // len(piece)) + after


def each(template: bytes, before: bytes = HEAD) -> bytes:
    """The template with a number of its own in every line, as often as a file may hold it."""
    lines = [template.replace(b"#", b"%d" % number) for number in range(MAX_BYTES // (len(template) + 3))]
    return (before + b"".join(lines))[:MAX_BYTES]


BOMB = b"".join(b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(20))
WHEN = HEAD + b"rules:\n  - id: A-1\n    when:\n      all:\n"
CHAIN = b"  d0: {meaning: {en: a, zh-Hant: a}, all: [{people.level is: P2}]}\n" + b"".join(
    b"  d%d: {meaning: {en: a, zh-Hant: a}, all: [{definition: d%d}, {definition: d%d}]}\n" % (n, n - 1, n - 1)
    for n in range(1, 1100)
)
GOOD = (Path(__file__).parents[2] / "policies" / "hk-core-pdpo" / "pack.yaml").read_bytes()

HOSTILE = {
    "an alias bomb": b"a: &a [x,x,x,x,x,x,x,x,x]\n" + BOMB,
    "an alias bomb among rules": HEAD + b"rules: &a [x]\n" + BOMB,
    "anchors": full(b"&a "), "named anchors": each(b"- &a# x\n", b""), "aliases": full(b"- *a\n", b"- &a x\n"),
    "aliases of nothing": full(b"- *z\n"), "merge keys": full(b"- {<<: {a: b}}\n", HEAD + b"rules:\n"),
    "ten megabytes": b"a" * 10 * MEGABYTE, "ten megabytes quoted": b'"' + b"a" * 10 * MEGABYTE + b'"',
    "ten megabytes folded": b"k: >\n" + b"  word\n" * (10 * MEGABYTE // 7),
    "one quoted text": full(b"a", HEAD + b'rules: "', b'"\n'), "one text of escapes": full(b"\\x41", b'k: "', b'"\n'),
    "one folded text": full(b"  w\n", b"k: >\n"), "one text of many lines": full(b"  b\n\n", b'k: "a\n', b'"\n'),
    "one key": full(b"k", b"", b": v\n"), "one day": HEAD + b"tests:\n  - {on: " + b"9" * 200_000 + b"}\n",
    "one period": HEAD + b"rules:\n- {id: A-1, retention: {keep_no_longer_than: P" + b"9" * 200_000 + b"Y}}\n",
    "nested lists": b"[" * 100_000 + b"]" * 100_000, "nested mappings": b"{a: " * 40_000 + b"}" * 40_000,
    "nested blocks": b"".join(b" " * n + b"a:\n" for n in range(700)), "nested dashes": b"- " * 60_000 + b"x",
    "nested keys": full(b"? "), "lists as keys": b"{[" * 30_000 + b"]: x}" * 30_000,
    "tags": full(b"- !!python/object:os.system x\n"), "named tags": each(b"- !t# x\n", b""),
    "directives": full(b"%YAML 1.2\n"), "documents": full(b"---\n- x\n"), "zeros": b"\0" * MAX_BYTES,
    "a zero in a name": HEAD.replace(b"id: x", b"id: x\0y") + b"rules: []\n", "control characters": full(b"\x1b[0m "),
    "separators": full("a\u2028".encode()), "surrogates": full(b"\xed\xa0\x80"),
    "UTF-16": "rulepack: x\n".encode("utf-16"),
    "tabs": full(b"\ta: b\n"), "mixed tabs": full(b" \t- x\n"), "carriage returns": full(b"\r"),
    "comments": full(b"#\n"),
    "the same key": full(b"k: v\n"), "other keys": each(b"rulesx#: 1\n"),
    "empty rules": full(b"- {}\n", HEAD + b"rules:\n"),
    "words for rules": full(b"- 1\n", HEAD + b"rules:\n"), "nothing everywhere": b"rulepack: ~\npack: ~\nrules: ~\n",
    "mappings for lists": HEAD + b"rules: {a: [1, {b: c}]}\ntests: {a: 1}\ndefinitions: [1]\n",
    "numbers": b"rulepack: 1e999\npack: .inf\nrules: .nan\n1: 2\n",
    "unknown facts": each(b"        - people.leve# is: P2\n", WHEN),
    "unknown values": each(b"        - people.level is: Q#\n", WHEN), "unknown keys": each(b"    propos#: 1\n", WHEN),
    "definitions of definitions": HEAD + b"definitions:\n" + CHAIN + b"rules: []\n",
    "slips at the end": (GOOD * 9)[: MAX_BYTES - 200] + b'\na: "x\n' * 20, "quotes left open": full(b'a: "x\n'),
    "brackets left open": full(b"a: [\n"), "two colons": full(b"a: b: c\n"), "block headers": full(b"a: |9\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_in_time_and_told_where(tmp_path: Path, name: str) -> None:
    (tmp_path / "pack.yaml").write_bytes(HOSTILE[name])
    began = time.process_time()
    with pytest.raises(PolicyError) as caught:
        load_pack(tmp_path)
    assert time.process_time() - began <= SECONDS
    said = caught.value.message.splitlines()
    assert 0 < len(said) <= MAX_LISTED + 1
    assert all(re.search(r"pack\.yaml:\d+:\d+: \S", line) for line in said), said[:3]
    assert all(len(line) < 1000 for line in said)


def test_more_mistakes_than_anybody_reads_are_not_counted(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_bytes(WHEN + b"        - people.leve is: P2\n" * 1500)
    with pytest.raises(PolicyError) as caught:
        load_pack(tmp_path)
    said = caught.value.message.splitlines()
    assert len(said) == MAX_LISTED + 1 and "and at least 500 more mistakes from here on" in said[-1]


def test_no_pack_of_ours_comes_near_the_limits() -> None:
    for folder in pack_folders():
        raw = (folder / "pack.yaml").read_bytes()
        mistakes = Mistakes()
        assert len(raw) * 4 < MAX_BYTES and read_tree(raw, mistakes) is not None and not mistakes.found
        assert len(re.findall(rb"[\w\"}\]]+", raw)) < 4 * MAX_NODES
