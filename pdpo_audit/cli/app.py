"""The commands put together; errors are caught here and nowhere else."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path

import typer

from pdpo_audit.cli.showing import err, plain
from pdpo_audit.errors import AuditError, ExitCode
from pdpo_audit.model.tool import VERSION

_HELP = "Find duplicate images, the people in them, and what Hong Kong's privacy law says about keeping them."

_GROUPS = {
    "catalogue": "The catalogue as a whole: its version, its health, its place.",
    "keys": "Identities that seal and sign.",
    "hold": "Legal holds, open requests, complaints and investigations.",
    "policy": "Rule packs: list, check, test, explain, read aloud, compare, adopt periods, record reviews.",
    "questions": "The facts that rules wait for, as a spreadsheet; the answers given.",
    "decisions": "Findings to decide on, as a spreadsheet.",
    "decide": "What named people say of pictures: masters, pairs that differ, legal status.",
    "source": "Declared sources: whether they can be reached.",
    "sample": "Manual checks of the face pass: pictures drawn at random, and what people saw.",
    "gate": "A migration: an inventory sealed before it, and what arrived.",
    "dispose": "Erasure and its alternatives: plans, approvals, acts, certificates; off unless allowed.",
    "schedule": "Periodic reviews: plan them, wake them up, see what is due.",
    "review": "The review pages: serve them, invite people.",
    "person": "Search for a person who asks for their data; off unless permitted.",
}

#: What a disk says, and no fault of the program.
_FULL_OR_FAULTY = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)

#: Every command, and the function of this room that it is: ``file.function``.
_COMMANDS = {
    "demo": "auditing.demo",
    "init": "setting_up.init",
    "run": "auditing.run",
    "scan": "auditing.scan",
    "find": "inspecting.find",
    "assess": "auditing.assess",
    "report": "auditing.report",
    "verify": "inspecting.verify",
    "prove": "inspecting.prove",
    "export": "inspecting.export",
    "status": "inspecting.status",
    "audits": "outputs.handing_out.audits",
    "handout": "outputs.handing_out.handout",
    "compare": "reviews.comparing.compare",
    "estimate": "reviews.sampling.estimate",
    "sample draw": "reviews.sampling.draw",
    "sample read": "reviews.sampling.read",
    "gate freeze": "reviews.gates.freeze",
    "gate check": "reviews.gates.check",
    "doctor": "inspecting.doctor",
    "sign": "signing.sign",
    "stamp": "signing.stamp",
    "purge": "setting_up.purge",
    "catalogue upgrade": "catalogues.upgrade",
    "catalogue check": "catalogues.check",
    "catalogue backup": "catalogues.backup",
    "catalogue restore": "catalogues.restore",
    "catalogue move": "catalogues.move",
    "catalogue memory": "catalogues.memory",
    "catalogue merge": "catalogues.merge",
    "catalogue verify-pairs": "catalogues.verify_pairs",
    "keys create": "identities.create_key",
    "keys show": "identities.show_key",
    "keys enrol": "identities.enrol",
    "keys countersign": "identities.countersign",
    "keys people": "identities.people",
    "keys rotate": "identities.rotate",
    "hold add": "holds.add",
    "hold list": "holds.list_all",
    "hold release": "holds.release",
    "hold restore": "holds.restore",
    "policy list": "policies.list_all",
    "policy check": "policies.check",
    "policy test": "policies.test",
    "policy explain": "policies.explain",
    "policy render": "policies.render",
    "policy diff": "policies.diff",
    "policy schema": "policies.schema",
    "policy suggest": "standings.suggest",
    "policy adopt": "standings.adopt",
    "policy review": "standings.review",
    "questions export": "spreadsheets.export_questions",
    "questions import": "spreadsheets.import_answers",
    "questions list": "spreadsheets.list_answers",
    "questions undo": "spreadsheets.undo_answer",
    "decisions export": "spreadsheets.export_decisions",
    "decisions import": "spreadsheets.import_decisions",
    "decide master": "judging.master",
    "decide reject": "judging.reject",
    "decide legal": "judging.legal",
    "decide list": "judging.list_all",
    "decide undo": "judging.undo",
    "dispose plan": "acts.disposing.plan",
    "dispose list": "acts.disposing.list_all",
    "dispose approve": "acts.approving.approve",
    "dispose reject": "acts.approving.reject",
    "dispose run": "acts.disposing.run",
    "dispose undo": "acts.disposing.undo",
    "dispose finish": "acts.disposing.finish",
    "dispose confirm": "acts.disposing.confirm",
    "dispose certificate": "acts.disposing.certificate",
    "dispose request": "acts.requesting.request",
    "dispose reply": "acts.requesting.reply",
    "dispose returned": "acts.requesting.returned",
    "review serve": "pages.reviewing.serve",
    "review invite": "pages.reviewing.invite",
    "review revoke": "pages.reviewing.revoke",
    "review token": "pages.reviewing.token",
    "review list": "pages.reviewing.list_all",
    "review metadata": "pages.reviewing.metadata",
    "schedule add": "reviews.planning.add",
    "schedule list": "reviews.planning.list_all",
    "schedule show": "reviews.planning.show",
    "schedule change": "reviews.planning.change",
    "schedule pause": "reviews.planning.pause",
    "schedule resume": "reviews.planning.resume",
    "schedule remove": "reviews.planning.remove",
    "schedule run-due": "reviews.waking.run_due",
    "schedule status": "reviews.waking.status",
    "schedule install": "reviews.waking.install",
    "schedule ics": "reviews.waking.ics",
    "schedule register": "reviews.waking.register",
    "source add": "sources.add",
    "source list": "sources.list_all",
    "source remove": "sources.remove",
    "source check": "sources.check",
    "person find": "persons.find",
}


def assemble(word: str = "") -> typer.Typer:
    """The program with the commands that begin with ``word``, or with all where none does.

    Loading the other commands takes longer than a scan that finds nothing new.
    """
    app = typer.Typer(
        name="pdpo-audit",
        help=_HELP,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_program)
    groups: dict[str, typer.Typer] = {}
    chosen = {name: place for name, place in _COMMANDS.items() if name.split()[0] == word} or _COMMANDS
    for name, place in chosen.items():
        group, _, last = name.rpartition(" ")
        if group and group not in groups:
            groups[group] = typer.Typer(help=_GROUPS[group], no_args_is_help=True)
            app.add_typer(groups[group], name=group)
        file, _, function = place.rpartition(".")
        module = import_module(f"pdpo_audit.cli.commands.{file}")
        (groups[group] if group else app).command(last)(getattr(module, function))
    return app


def _program() -> None:
    """With a callback it stays a program of commands, however few are loaded."""


def _one_thread_each() -> None:
    """The workers share the cores; threads of NumPy's linear algebra beside them doubled the CPU time of a scan."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def start() -> None:
    """Run the program; every way it can end has its exit code."""
    _one_thread_each()
    os.umask(0o077)  # what is written is its owner's: it names people, places and files
    verbose = any(argument in ("-v", "--verbose") for argument in sys.argv[1:])
    try:
        assemble(sys.argv[1] if len(sys.argv) > 1 else "")(prog_name="pdpo-audit")
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
        if isinstance(error, OSError) and error.errno in _FULL_OR_FAULTY:
            err.print(f"[bold red]Error:[/] the disk takes nothing or cannot be read: {os.strerror(error.errno)}")
            err.print("[bold]Way out:[/] make room or mend it, then call again: nothing recorded was lost (-v: where)")
        else:
            _apologise(error)
        sys.exit(int(ExitCode.ENVIRONMENT))


def _apologise(error: Exception) -> None:
    """A fault of ours as people may pass it on: what it was and where in the program, and no word of their files.

    What an error says of itself names files and values; it is shown with -v only.
    """
    frames = traceback.extract_tb(error.__traceback__)
    ours = [one for one in frames if "pdpo_audit" in Path(one.filename).parts]
    place = ours[-1] if ours else frames[-1]
    within = "/".join(Path(place.filename).parts[-3:]) if ours else Path(place.filename).name
    err.print(f"[bold red]Unexpected error:[/] {type(error).__name__} in {plain(within)}:{place.lineno}")
    python = ".".join(map(str, sys.version_info[:3]))
    err.print(
        f"This is a fault of the program (pdpo-audit {VERSION}, Python {python}, {sys.platform}); nothing recorded was "
        "lost. Please report it with these two lines: no file of yours is named in them. -v shows more, and that does "
        "name files: read it before you pass it on."
    )
