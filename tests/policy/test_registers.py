"""Registers of facts: read whole or refused whole, with every mistake and its cell."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from pdpo_audit.errors import SettingsError
from pdpo_audit.policy.stating.registers import read_register

SHA = "ab" * 32


def written(folder: Path, text: str, name: str = "register.csv") -> Path:
    file = folder / name
    file.write_bytes(text.encode("utf-8"))
    return file


def mistakes(file: Path) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read_register(file, sources={"studio", "hr"})
    return caught.value.message.replace(f"{file}:", "").splitlines()


def test_a_register_states_facts_by_path_and_by_content(tmp_path: Path) -> None:
    text = (
        "\ufeffsource,path,sha256,consent.expires_on,sensitivity,note\r\n"
        "studio,2023/**,,2024-09-30,child medical,signed\r\n"
        ",,,,,\r\n"
        f"*,,{SHA.upper()},2025-01-31,none of these,\r\n"
    )
    file = written(tmp_path, text)
    register = read_register(file, supplied_by="Brand team", sources={"studio"})
    first, second = register.rows
    assert (first.source, first.path, first.line) == ("studio", "2023/**", 2)
    assert dict(first.facts) == {
        "consent.expires_on": date(2024, 9, 30), "sensitivity": frozenset({"child", "medical"})
    }  # fmt: skip
    assert (second.source, second.sha256, second.line) == ("", SHA, 4)
    assert second.facts["sensitivity"] == frozenset()
    assert register.columns() == {"consent.expires_on", "sensitivity"} and register.supplied_by == "Brand team"


def test_all_mistakes_come_at_once_with_their_cells(tmp_path: Path) -> None:
    text = (
        "source;path;consent.expires;campaign.ended_on;licence.max_copies;record.class\n"
        "studoi;a/**;2024-01-01;31/12/2024;many;campain_portrait\n"
        "hr;;;2024-01-01;1;\n"
        "hr;b/**;;2024-01-01;;\n"
        "hr;b/**;;2024-01-02;;\n"
    )
    assert mistakes(written(tmp_path, text)) == [
        '1:3 (C1): there is no fact "consent.expires"; did you mean "consent.expires_on"?',
        '2:1 (A2): there is no source "studoi"; did you mean "studio"?',
        "2:4 (D2): campaign.ended_on: '31/12/2024' is no date such as 2026-11-20",
        "2:5 (E2): licence.max_copies: 'many' is no whole number",
        '2:6 (F2): record.class: no known word "campain_portrait"; did you mean "campaign_portrait"?',
        "3:1 (A3): a row needs either a path or a sha256",
        "5:4 (D5): campaign.ended_on: line 4 says something else of the same holdings",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("path,people.level\na,P2\n", '1:2 (B1): "people.level" is what a scan sees for itself'),
        ("path,path,consent.expires_on\na,b,2024-01-01\n", '1:2 (B1): the column "path" is there twice'),
        ("consent.expires_on\n2024-01-01\n", "no column path or sha256"),
        ("path\na\n", "no column with a fact"),
        ("path,remarks,consent.expires_on\na,x,\n", "remarks go into a column note"),
        ("sha256,consent.expires_on\nabc,2024-01-01\n", "2:1 (A2): 'abc' is no SHA-256"),
        (f"path,sha256,consent.expires_on\na,{SHA},2024-01-01\n", "not both"),
        ("path,employment.status\na,lefft\n", 'did you mean "left"?'),
        ("path,sensitivity\na,chidl\n", 'did you mean "child"?'),
        ("path,people.minors_declared\na,perhaps\n", "is neither yes nor no"),
        ("path,consent.expires_on\na,2024-01-01,surplus\n", "2:3 (C2): this cell has no column name above it"),
        ('path,consent.expires_on\n"a,2024-01-01\n', "no readable CSV"),
        ("", "no column path or sha256"),
    ],
)
def test_what_is_no_register(tmp_path: Path, text: str, words: str) -> None:
    assert any(words in line for line in mistakes(written(tmp_path, text)))


def test_a_file_of_another_encoding_names_its_line(tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    file.write_bytes("path,record.purpose\na,x\nb,圖片\n".encode("big5"))
    (told,) = mistakes(file)
    assert told.startswith("3:1: the register is not UTF-8")


def test_a_missing_file_and_a_broken_workbook_are_told(tmp_path: Path) -> None:
    assert "cannot be read" in mistakes(tmp_path / "nowhere.csv")[0]
    assert "no readable .xlsx" in mistakes(written(tmp_path, "PK\x03\x04garbage", "register.xlsx"))[0]


def test_a_workbook_gives_real_dates_numbers_and_its_cells(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["path", "campaign.ended_on", "licence.max_copies", "people.minors_declared"])
    sheet.append(["a/**", datetime(2024, 5, 1), 10, True])  # noqa: DTZ001 (as a spreadsheet program writes it)
    book.save(tmp_path / "register.xlsx")
    (row,) = read_register(tmp_path / "register.xlsx").rows
    assert list(row.facts.values()) == [date(2024, 5, 1), 10, True]
    sheet["C2"] = 1.5
    book.save(tmp_path / "register.xlsx")
    assert mistakes(tmp_path / "register.xlsx") == ["2:3 (C2): licence.max_copies: '1.5' is no whole number"]
