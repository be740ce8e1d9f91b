"""Do ten answers settle a library of which nobody has said anything?

    python benchmarks/questions.py [--packs all|sample|default] [--workspace DIR]

Makes the sample workspace without a single fact in its settings (or takes one such workspace that was scanned before),
exports the questions, answers the first ten rows of the spreadsheet (the drop-down's first word, a purpose, a day, a
number), imports them, and prints the share of ``cannot_decide`` before and after. The same over a synthetic library of
10,000 holdings in eight sources stands in ``tests/policy/test_questions.py``.
"""

from __future__ import annotations

import argparse
import tempfile
import tomllib
from pathlib import Path

from openpyxl import load_workbook

from pdpo_audit import Workspace
from pdpo_audit.resources import resource
from pdpo_audit.workspace.demonstrating import make_demo
from pdpo_audit.workspace.rules.asking import export_questions, import_answers

PACKS = {
    "default": ("hk-core-pdpo",),
    "sample": tuple(tomllib.loads((resource("samples") / "pdpo-audit.toml").read_text("utf-8"))["policy"]["packs"]),
    "all": tuple(sorted(file.parent.name for file in resource("policies").glob("hk-*/pack.yaml"))),
}
SAID = {"record.purpose": "campaign production"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packs", choices=PACKS, default="all")
    parser.add_argument("--workspace", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.workspace or make_demo(Path(scratch) / "bare")
        state_nothing(folder, PACKS[asked.packs])
        workspace = Workspace.open(folder)
        if not asked.workspace:
            workspace.scan()
        workspace.assess()
        print(f"before: {undecided(workspace):.0%} cannot be decided")
        file = Path(scratch) / "questions.xlsx"
        for question in export_questions(workspace.project, file).questions[:10]:
            print(f"  [{question.ask}] {question.english} ({question.holdings})")
        answer_first_rows(file, 10)
        import_answers(workspace.project, file, "an officer")
        workspace.assess()
        print(f"after ten answers: {undecided(workspace):.0%}")
        workspace.close()


def state_nothing(folder: Path, packs: tuple[str, ...]) -> None:
    """Settings that name the sources and nothing else."""
    file = folder / "pdpo-audit.toml"
    settings = tomllib.loads(file.read_text("utf-8"))
    named = [f'[[sources]]\nname = "{one["name"]}"\nuri = "{one["uri"]}"\n' for one in settings["sources"]]
    listed = ", ".join(f'"{pack}"' for pack in packs)
    file.write_text("\n".join([f"[policy]\npacks = [{listed}]\n", *named]), "utf-8")


def undecided(workspace: Workspace) -> float:
    """The share of holdings that nobody can decide on."""
    return float((workspace.table("dispositions")["outcome"] == "cannot_decide").mean())


def answer_first_rows(file: Path, count: int) -> None:
    """Fill in the first rows as somebody would who takes the first word of every drop-down."""
    book = load_workbook(file)
    sheet, lists = book.worksheets
    column = {str(cell.value): at for at, cell in enumerate(sheet[1], 1)}
    offered = {
        place: str(lists[rule.formula1.split("!")[1]][0][0].value)
        for rule in sheet.data_validations.dataValidation
        for where in str(rule.sqref).split()
        for place in where.split(":")
    }
    for row in range(2, min(sheet.max_row, count + 1) + 1):
        fact = str(sheet.cell(row, column["fact"]).value)
        cell = sheet.cell(row, column["answer"])
        cell.value = SAID.get(fact) or offered.get(cell.coordinate) or "2024-06-30"
    book.save(file)


if __name__ == "__main__":
    main()
