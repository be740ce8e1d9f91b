"""Every mistake of a rule file, with its line, in one run; never a traceback, never a hang."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pdpo_audit.errors import PolicyError
from pdpo_audit.policy.packs.folders import load_pack, load_packs
from tests.policy.packs_of_ours import HEAD, rule, write_pack

POLICIES = Path(__file__).parents[2] / "policies"

PLANTED = """rulepack: pdpo-audit/v1
pack:
  id: planted
  version: 1.0.0
  title: {en: Planted, zh-Hant: 測試}
  summary: {en: Planted, zh-Hant: 測試}
definitions:
  person:
    meaning: {en: a person, zh-Hant: 人物}
    all:
      - people.levle is at least: P2
  copy:
    meaning: {en: a copy, zh-Hant: 副本}
    all:
      - duplicate.is_master is: no
      - duplicate.copies is at least: two
rules:
  - id: BAD-01
    title: {en: t, zh-Hant: t}
    title: {en: again, zh-Hant: t}
    reason: {en: t, zh-Hant: t}
    status: active
    severity: major
    when:
      all:
        - definition: persn
    retention:
      keep_no_longer_than: 31 days
      counted_from: image.captured_on
    propose: review
  - id: BAD-01
    title: {en: t, zh-Hant: t}
    reason: {en: t, zh-Hant: t}
    status: active
    severity: major
    when:
      all:
\t- definition: copy
        - record.class is: *other
    proposes: review
    authority: &named
      - {kind: law, rank: ordinance, cite: x, confidence: found}
      - {kind: law, rank: custom, cite: x, confidence: found}
tests:
  - name: x
    on: 2026-02-30
    given: {people.level: P7}
    expect: {fires: [BAD-07], outcome: overdue}
"""

EXPECTED = [
    (11, 'no fact called "people.levle"; did you mean "people.level"?'),
    (15, 'duplicate.is_master is true or false, not "no"'),
    (16, 'duplicate.copies is a whole number, not "two"'),
    (18, 'a rule has no "authority"'),
    (20, '"title" stands here already on line 19'),
    (26, 'no definition called "persn"; did you mean "person"?'),
    (28, '"31 days" is not a period'),
    (31, "id BAD-01 is already used on line 18"),
    (38, "a tab character"),
    (39, '"*other" is an alias'),
    (40, '"proposes" is not a part of a rule; did you mean "propose"?'),
    (41, '"&named" is an anchor'),
    (43, '"law" does not rank as "custom"'),
    (46, '"2026-02-30" is no day of the calendar'),
    (47, '"P7" is not a value of people.level'),
    (48, 'no rule or exception called "BAD-07"; did you mean "BAD-01"?'),
    (48, '"overdue" is not an outcome'),
]


def mistakes_of(folder: Path) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        load_pack(folder)
    return caught.value.message.splitlines()


def test_every_planted_mistake_is_told_with_its_line_in_one_run(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text(PLANTED, encoding="utf-8")
    said = mistakes_of(tmp_path)
    for line, words in EXPECTED:
        assert any(f"pack.yaml:{line}:" in message and words in message for message in said), (line, words)
    assert len(said) == len(EXPECTED), said


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("rulepack: pdpo-audit/v2", '"rulepack" is "pdpo-audit/v1"'),
        ("unheard: of", '"unheard" is not a part of a rule pack'),
        ("definitions: {a: {meaning: {en: x, zh-Hant: y}, all: [{definition: a}]}}", "no definition called"),
        ("tests: !!python/object:os.system [x]", "is a tag"),
        ("tests: {<<: {a: b}}", '"<<" is a merge key'),
        ("---\nsecond: document", "a second document"),
        ("tests: [", "this is not readable YAML"),
    ],
)
def test_what_a_rule_pack_cannot_hold(tmp_path: Path, line: str, words: str) -> None:
    write_pack(tmp_path, rule("T-01", "{people.level is: P2}"))
    file = tmp_path / "pack.yaml"
    text = file.read_text(encoding="utf-8")
    text = text.replace("rulepack: pdpo-audit/v1", line) if line.startswith("rulepack") else text + line + "\n"
    file.write_text(text, encoding="utf-8")
    assert any(words in message for message in mistakes_of(tmp_path))


@pytest.mark.parametrize(
    ("when", "retention", "words"),
    [
        ("{people.level is at lest: P2}", "", 'did you mean "is at least"?'),
        ("{sensitivity is: child}", "", "recorded or not recorded"),
        ("{record.class: x}", "", 'compared with nothing'),
        ("{duplicate.copies is more than: {fact: licence.ends_on}}", "", "cannot be compared with"),
        ("{people.level is: P2, record.class is: x}", "", "one key and its value"),
        ("people.level", "", "one key and its value"),
        ("", "", "is an empty list"),
        ("{people.level is: P2}", "{keep_no_longer_than: P1Y}", 'needs "counted_from"'),
        ("{people.level is: P2}", "{counted_from: image.captured_on}", "has no period to count"),
        ("{people.level is: P2}", "{purpose: x}", "neither how long to keep nor what ends it"),
        ("{people.level is: P2}", "{keep_at_least: P900Y, counted_from: image.captured_on}", "longer than 200 years"),
        ("{people.level is: P2}", "{ends_with: record.class}", "is no date"),
        ("{people.level is: P2}", "{ends_with: consent.withdrawn}", 'did you mean "consent.withdrawn_on"?'),
    ],
)  # fmt: skip
def test_what_a_rule_cannot_say(tmp_path: Path, when: str, retention: str, words: str) -> None:
    said = mistakes_of(write_pack(tmp_path, rule("T-01", when, retention)))
    assert any(words in message for message in said), said


def test_a_mistake_in_one_pack_does_not_hide_the_mistakes_of_another(tmp_path: Path) -> None:
    first = write_pack(tmp_path / "a", rule("T-01", "{people.levle is: P2}"))
    second = write_pack(tmp_path / "b", rule("T-01", "{people.levels is: P2}"))
    with pytest.raises(PolicyError) as caught:
        load_packs([first, second, tmp_path / "nowhere"])
    assert all(words in caught.value.message for words in ("levle", "levels", "cannot be read"))


def test_two_packs_cannot_share_a_name_or_a_rule_id(tmp_path: Path) -> None:
    first = write_pack(tmp_path / "a", rule("T-01", "{people.level is: P2}"))
    head = HEAD.replace("test-pack", "other-pack")
    other = write_pack(tmp_path / "b", rule("T-01", "{people.level is: P2}"), head=head)
    with pytest.raises(PolicyError, match="T-01 is already used"):
        load_packs([first, other])
    with pytest.raises(PolicyError, match="is loaded already"):
        load_packs([first, first])


def test_definitions_cannot_grow_beyond_reading(tmp_path: Path) -> None:
    lines = ["definitions:\n", "  d0: {meaning: {en: a, zh-Hant: a}, all: [{people.level is: P2}]}\n"]
    for n in range(1, 60):
        twice = f"{{definition: d{n - 1}}}, {{definition: d{n - 1}}}"
        lines.append(f"  d{n}: {{meaning: {{en: a, zh-Hant: a}}, all: [{twice}]}}\n")
    said = mistakes_of(write_pack(tmp_path, rule("T-01", "{definition: d59}"), definitions="".join(lines)))
    assert any("more than 400 conditions" in message for message in said)


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\xff\xfe\x00", b"[" * 100_000, b"{" * 100_000, b"- " * 50_000, b"\t\n" * 50_000, b"? " * 50_000,
        b"rules:\n" + b"- {}\n" * 5_000, b"%a\n" * 5_000, b"&a " * 30_000, b'"' + b"a" * 100_000, b"\0" * 100_000,
        b"k: v\n" * 10_000, b"a" * 300_000, b"!" * 100_000, b"--- \n" * 5_000,
    ],
    ids=lambda raw: repr(raw[:12]),
)  # fmt: skip
def test_hostile_files_end_in_clear_errors(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "pack.yaml").write_bytes(raw)
    said = mistakes_of(tmp_path)
    assert said and all("pack.yaml:" in message for message in said)
    assert len(said) <= 501


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_pack_loads_or_is_refused_with_places(tmp_path: Path, data: st.DataObject) -> None:
    raw = bytearray((POLICIES / "hk-core-pdpo" / "pack.yaml").read_bytes())
    for _ in range(data.draw(st.integers(1, 20))):
        at = data.draw(st.integers(0, len(raw) - 1))
        piece = data.draw(
            st.sampled_from([b"\t", b"[", b"{", b'"', b"'", b"&x ", b"*x ", b": ", b"- ", b"\n", b"\xe7"])
        )
        raw[at : at + data.draw(st.integers(0, 30))] = piece
    (tmp_path / "pack.yaml").write_bytes(bytes(raw))
    try:
        load_pack(tmp_path)
    except PolicyError as error:
        assert all("pack.yaml:" in line for line in error.message.splitlines())
