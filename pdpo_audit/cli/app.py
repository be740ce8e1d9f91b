"""The commands put together; errors are caught here and nowhere else."""

from __future__ import annotations

import sys
import traceback

import typer

from pdpo_audit.cli import auditing, holds, inspecting, persons, policies, setting_up, spreadsheets
from pdpo_audit.cli.showing import err, plain
from pdpo_audit.errors import AuditError, ExitCode

app = typer.Typer(
    name="pdpo-audit",
    help="Find duplicate images, the people in them, and what Hong Kong's privacy law says about keeping them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
keys = typer.Typer(help="Identities that seal and sign.", no_args_is_help=True)
hold = typer.Typer(help="Legal holds, open requests, complaints and investigations.", no_args_is_help=True)
questions = typer.Typer(help="The facts that rules wait for, as a spreadsheet.", no_args_is_help=True)
decisions = typer.Typer(help="Findings to decide on, as a spreadsheet.", no_args_is_help=True)
person = typer.Typer(help="Search for a person who asks for their data; off unless permitted.", no_args_is_help=True)
policy = typer.Typer(help="Rule packs: list, check, test, explain, read aloud, compare.", no_args_is_help=True)

app.command()(auditing.demo)
app.command()(setting_up.init)
app.command()(auditing.run)
app.command()(auditing.scan)
app.command()(inspecting.find)
app.command()(auditing.assess)
app.command()(auditing.report)
app.command()(inspecting.verify)
app.command()(inspecting.prove)
app.command()(inspecting.export)
app.command()(inspecting.status)
app.command()(inspecting.audits)
app.command()(inspecting.doctor)
app.command()(setting_up.sign)
app.command()(setting_up.purge)
keys.command("create")(setting_up.create_key)
keys.command("show")(setting_up.show_key)
app.add_typer(keys, name="keys")
hold.command("add")(holds.add)
hold.command("list")(holds.list_all)
hold.command("release")(holds.release)
app.add_typer(hold, name="hold")
policy.command("list")(policies.list_all)
policy.command("check")(policies.check)
policy.command("test")(policies.test)
policy.command("explain")(policies.explain)
policy.command("render")(policies.render)
policy.command("diff")(policies.diff)
policy.command("schema")(policies.schema)
app.add_typer(policy, name="policy")
questions.command("export")(spreadsheets.export_questions)
questions.command("import")(spreadsheets.import_answers)
app.add_typer(questions, name="questions")
decisions.command("export")(spreadsheets.export_decisions)
decisions.command("import")(spreadsheets.import_decisions)
app.add_typer(decisions, name="decisions")
person.command("find")(persons.find)
app.add_typer(person, name="person")


def start() -> None:
    """Run the program; every way it can end has its exit code."""
    verbose = any(argument in ("-v", "--verbose") for argument in sys.argv[1:])
    try:
        app(prog_name="pdpo-audit")
    except AuditError as error:
        err.print(f"[bold red]Error:[/] {plain(error.message)}")
        if error.advice:
            err.print(f"[bold]Way out:[/] {plain(error.advice)}")
        sys.exit(int(error.exit_code))
    except SystemExit as ended:  # typer turns Ctrl-C into this code
        if ended.code == ExitCode.INTERRUPTED:
            err.print("Interrupted. The same command goes on where this one stopped.")
        raise
    except Exception as error:  # noqa: BLE001 - the last line of defence: people get a sentence, -v gets the place
        if verbose:
            traceback.print_exc()
        err.print(f"[bold red]Unexpected error:[/] {plain(f'{type(error).__name__}: {error}')}")
        err.print("This is a fault of the program. Run again with -v for its place; nothing recorded was lost.")
        sys.exit(int(ExitCode.ENVIRONMENT))
