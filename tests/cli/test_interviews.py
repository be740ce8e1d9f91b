"""`init` at a terminal: mistakes are asked again, nothing is typed twice, and a workspace that exists is changed."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import typer

from pdpo_audit.cli.interviews.officer import hold_interview
from pdpo_audit.cli.interviews.prompts import Interview
from pdpo_audit.errors import CallError
from pdpo_audit.workspace.rules import answering
from pdpo_audit.workspace.setup.initialising import Answers
from tests.cli.conftest import Call
from tests.workspace.library import make_library

#: What an officer types, three mistakes included: a class, a place and a day that are none.
TYPED = (
    "Harbour Light", "海港光影", "General Counsel", "review 2026", "", "HCA 1/2026",
    "'{share}'", "Studio", "campaigns", "campain portrait", "1", "Pearl Retouch", "", "Hongkok", "Mainland",
    "1", "Shenzhen", "no",
    "", "Chan Tai Man", "Wong", "", "", "next spring", "2099-03-31", "en, 2", "", "",
)  # fmt: skip


def typing(monkeypatch: pytest.MonkeyPatch, lines: tuple[str, ...]) -> list[str]:
    """What is asked, while these lines are typed; an empty line takes what is offered."""
    supply: Iterator[str] = iter(lines)
    asked: list[str] = []

    def prompt(question: str, default: str = "", **_: object) -> str:
        asked.append(question)
        line = next(supply, None)
        if line is None:
            raise KeyboardInterrupt
        return line or default

    monkeypatch.setattr(typer, "prompt", prompt)
    return asked


def lines(share: Path) -> tuple[str, ...]:
    return tuple(line.format(share=share) for line in TYPED)


@pytest.fixture
def share(tmp_path: Path) -> Path:
    make_library(tmp_path / "the share", 2)
    return tmp_path / "the share"


def test_mistakes_are_asked_again_and_packs_are_suggested(share: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typing(monkeypatch, lines(share))
    answers = hold_interview(Interview(), Answers(), date(2026, 11, 30))
    (source,) = answers.sources
    assert (source.record_class, source.jurisdiction, source.transfer_basis) == (
        "campaign_portrait", "CN", "gba_standard_contract",
    )  # fmt: skip
    assert source.external_facing is False and answers.next_review_on == "2099-03-31"
    assert answers.languages == ("en", "zh-Hant")
    assert answers.packs == ("hk-core-pdpo", "hk-campaign-portraits", "hk-cross-boundary")
    assert dict(answers.roles) == {"dpo": "Chan Tai Man", "legal": "Wong"}


@pytest.mark.parametrize("stop", [3, 8, 13, 22, 27])
def test_an_interview_that_was_broken_off_goes_on(
    share: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    everything = lines(share)
    talk = Interview(keep=lambda said: answering.keep_answers(tmp_path / "w", said))
    typing(monkeypatch, everything[:stop])
    with pytest.raises(KeyboardInterrupt):
        hold_interview(talk, Answers(), date(2026, 11, 30))
    again = Interview(said=answering.kept_answers(tmp_path / "w"))
    asked = typing(monkeypatch, everything[stop:])
    answers = hold_interview(again, Answers(), date(2026, 11, 30))
    assert len(asked) == len(everything) - stop
    typing(monkeypatch, everything)
    assert answers == hold_interview(Interview(), Answers(), date(2026, 11, 30))
    assert (tmp_path / "w" / answering.DRAFT).stat().st_mode & 0o077 == 0


def test_a_line_of_the_summary_is_changed(share: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = lines(share)
    typing(monkeypatch, (*everything[:-1], "2", "The Board", "99", ""))
    assert hold_interview(Interview(), Answers(), date(2026, 11, 30)).authorised_by == "The Board"


def test_enter_at_the_first_folder_is_asked_again_before_it_ends_without_one(
    share: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    everything = lines(share)
    typing(monkeypatch, (*everything[:6], "", *everything[6:]))
    (source,) = hold_interview(Interview(), Answers(), date(2026, 11, 30)).sources
    assert source.uri == str(share) and "source add" in capfd.readouterr().err
    typing(monkeypatch, (*everything[:6], "", "", *everything[19:]))
    assert hold_interview(Interview(), Answers(), date(2026, 11, 30)).sources == ()


@pytest.mark.parametrize("first", [True, False])
def test_a_folder_that_was_forgotten_is_named_at_the_summary(
    share: Path, monkeypatch: pytest.MonkeyPatch, *, first: bool
) -> None:
    """The packs are asked for again, because the folder may need others."""
    everything = lines(share)
    folder, others = everything[6:18], ["", "Chan", "", "", "", "", "en", ""]
    known = (*folder, *others) if first else ("", *others)
    named = "10" if not first else "11"
    another = (str(share.parent), *folder[1:]) if first else folder
    typing(monkeypatch, (*everything[:6], *known, named, *another, "", "", ""))
    answers = hold_interview(Interview(), Answers(), date(2026, 11, 30))
    assert [one.uri for one in answers.sources] == [str(share), str(share.parent)][: 1 + first]
    assert answers.roles == {"dpo": "Chan"}


@pytest.mark.parametrize(
    "written",
    ["{}", "'{}'", '"{}"', "{} ", "file://{}", "~escaped~"],
)
def test_paths_are_understood_as_they_are_pasted_and_dragged(share: Path, written: str) -> None:
    typed = str(share).replace(" ", "\\ ") if written == "~escaped~" else written.format(share)
    if written.startswith("file"):
        typed = typed.replace(" ", "%20")
    assert answering.read_folders(typed) == [share]
    two = f"'{share}' '{share.parent}'"
    assert answering.read_folders(two) == [share, share.parent]
    with pytest.raises(CallError, match="did you mean"):
        answering.read_folders(str(share.parent / "the shar"))


@pytest.mark.parametrize(("typed", "kept"), [("no", ""), ("None.", ""), ("沒有", ""), ("Notting Hill", "Notting Hill")])
def test_who_has_nothing_to_name_says_so_in_words(monkeypatch: pytest.MonkeyPatch, typed: str, kept: str) -> None:
    typing(monkeypatch, (typed,))
    assert Interview().ask("vendor", "Vendor that holds them, if any") == kept
    assert Interview().ask("open_matters", "Is litigation open", given=typed) == kept


@pytest.mark.parametrize("said", ["None", "no", "沒有"])
def test_no_open_matter_said_in_words_is_none(share: Path, tmp_path: Path, call: Call, said: str) -> None:
    workspace = str(tmp_path / "audit")
    assert call("init", workspace, "--no-ask", "--source", str(share), "--open-matter", said).code == 0
    assert "open_matters" not in tomllib.loads((tmp_path / "audit" / "pdpo-audit.toml").read_text("utf-8"))


def test_that_a_matter_is_open_needs_its_words(
    monkeypatch: pytest.MonkeyPatch, share: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    everything = (*lines(share)[:5], "yes", "complaint of a former employee", *lines(share)[6:])
    typing(monkeypatch, (*everything, "", "", ""))
    assert hold_interview(Interview(), Answers(), date(2026, 11, 30)).open_matters == "complaint of a former employee"
    assert "say which" in capsys.readouterr().err


def test_init_at_a_real_terminal_then_again_to_change(share: Path, tmp_path: Path, call: Call) -> None:
    workspace = tmp_path / "audit"
    said = at_terminal(["init", str(workspace)], [*lines(share), "no"])
    assert "did you mean" in said and "is no day" in said and "What will be written" in said
    told = tomllib.loads((workspace / "pdpo-audit.toml").read_text("utf-8"))
    assert told["organisation"]["roles"]["dpo"] == "Chan Tai Man" and told["audit"]["next_review_on"] == "2099-03-31"
    assert told["policy"]["packs"][1:] == ["hk-campaign-portraits", "hk-cross-boundary"]
    assert told["sources"][0]["uri"] == str(share) and told["open_matters"][0]["what"] == "HCA 1/2026"
    assert not (workspace / answering.DRAFT).exists()
    marked = (workspace / "pdpo-audit.toml").read_text("utf-8") + "\n# a remark of ours\n"
    (workspace / "pdpo-audit.toml").write_text(marked, "utf-8")
    at_terminal(["init", str(workspace)], ["", "", "The Board", *[""] * 40])
    changed = (workspace / "pdpo-audit.toml").read_text("utf-8")
    now = tomllib.loads(changed)
    assert now["audit"]["authorised_by"] == "The Board" and "# a remark of ours" in changed
    assert now | {"audit": told["audit"]} == told
    assert call("source", "list", "--workspace", workspace, "--json").code == 0


def at_terminal(arguments: list[str], typed: list[str]) -> str:
    """Run the program at a terminal of its own; each line is typed once the program has asked."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "dumb", "COLUMNS": "150"}
    program = subprocess.Popen(
        [sys.executable, "-m", "pdpo_audit", *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    )
    os.close(theirs)
    said, supply, ends = b"", list(typed), time.monotonic() + 120
    while time.monotonic() < ends:
        if select.select([ours], [], [], 0.3)[0]:
            try:
                part = os.read(ours, 65536)
            except OSError:
                break
            if not part:
                break
            said += part
        elif program.poll() is not None:
            break
        elif supply and said.rstrip(b" ").endswith(b":"):
            os.write(ours, supply.pop(0).encode() + b"\n")
    program.wait(20)
    os.close(ours)
    assert program.returncode == 0, said.decode("utf-8", "replace")
    return said.decode("utf-8", "replace")


def test_sources_are_added_listed_and_removed_without_the_editor(share: Path, tmp_path: Path, call: Call) -> None:
    workspace = tmp_path / "audit"
    call("init", workspace, "--organisation", "Harbour Light")
    file = workspace / "pdpo-audit.toml"
    before = file.read_text("utf-8")
    added = call("source", "add", share, "--owner", "Studio", "--jurisdiction", "香港", "--workspace", workspace)
    assert added.code == 0, added.err
    assert file.read_text("utf-8").startswith(before)
    assert call("source", "add", share, "--workspace", workspace).code == 2
    wrong = call("source", "add", tmp_path, "--jurisdiction", "Hongkok", "--workspace", workspace)
    assert wrong.code == 2 and "did you mean" in wrong.err
    listed = call("source", "list", "--workspace", workspace)
    assert "the-share" in listed.out and "Studio" in listed.out and "HK" in listed.out
    lost = call("source", "remove", "the-shar", "--by", "Chan", "--workspace", workspace)
    assert lost.code == 2 and 'did you mean "the-share"' in lost.err
    assert call("source", "remove", "the-share", "--by", "Chan", "--workspace", workspace).code == 0
    assert "the-share" not in call("source", "list", "--workspace", workspace).out
    assert tomllib.loads(file.read_text("utf-8")).get("sources", []) == []
