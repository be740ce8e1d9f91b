"""Commands of identities: keys, and sign-offs with them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pdpo_audit.cli.options import Json, KeyCertificate, PassphraseFile, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import asker, opened
from pdpo_audit.cli.showing import out, plain, say, show_json, table
from pdpo_audit.errors import CallError
from pdpo_audit.workspace.project import find_workspace, now
from pdpo_audit.workspace.report.signoffs.enrolling import EnrolledPerson, countersign_enrolment, list_people
from pdpo_audit.workspace.report.signoffs.enrolling import enrol as enrol_person
from pdpo_audit.workspace.setup.identities import (
    KeyPlace,
    create_seal_file,
    open_key,
    passphrase,
    planned_seal,
    settled_seal,
)
from pdpo_audit.workspace.setup.rotating import ends_soon, rotate_seal

OwnKey = Annotated[str, typer.Option(help="Your own PKCS#12 or PEM file, or your key on a token (pkcs11:...).")]


def create_key(
    file: Annotated[
        Path | None, typer.Argument(help="The file to write (default: what the workspace's settings name).")
    ] = None,
    name: Annotated[str, typer.Option(help="The name on the seal.")] = "",
    organisation: Annotated[str, typer.Option(help="The organisation on the seal.")] = "",
    passphrase_file: PassphraseFile = None,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Make a self-signed seal (PKCS#12) for an organisation that has no certificate.

    It proves that sealed files were not changed and that two seals come from one key; who holds the key must be told
    by other means, so Acrobat will warn. The passphrase is asked for, or read from a file or PDPO_AUDIT_PASSPHRASE.

    Example: pdpo-audit keys create --organisation "Harbour Light Agency Ltd"
    """
    found = workspace or find_workspace(Path.cwd()) or (find_workspace(file.absolute().parent) if file else None)
    if file is None and found is None:
        raise CallError(
            "there is no workspace here to make a seal for", advice="name the file to write, or --workspace"
        )
    if found is not None and (file is None or not organisation):
        planned, stated = planned_seal(found)
        organisation, file = organisation or stated, file or planned
    assert file is not None
    organisation = organisation or "Unnamed organisation"
    place = KeyPlace(key=str(file), passphrase_file=passphrase_file, ask=asker(new=True))
    seal = create_seal_file(
        file,
        name=(name or f"{organisation} audit seal")[:64],
        organisation=organisation[:64],
        passphrase=passphrase(place),
    )
    facts = {"file": str(file), **seal.facts()}
    if json:
        show_json(facts)
    elif not quiet:
        table("Seal", [(key.replace("_", " "), value) for key, value in facts.items()])
        say("Keep the file and its passphrase apart. Publish the SHA-256 so that others can recognise your seal.")


def show_key(
    key: Annotated[str, typer.Argument(metavar="KEY", help="A PKCS#12 or PEM file, or a token's key (pkcs11:...).")],
    certificate: KeyCertificate = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """What the certificate of an identity says; compare its SHA-256 with the one that was published.

    Example: pdpo-audit keys show keys/seal.p12
    """
    place = KeyPlace(key=key, certificate=certificate, passphrase_file=passphrase_file, ask=asker())
    facts = open_key(place).facts()
    warning = ends_soon(facts["not_after"], now())
    if json:
        show_json({**facts, "warning": warning})
    else:
        table("", [(key.replace("_", " "), value) for key, value in facts.items()])
        if warning:
            say(warning)


def enrol(
    file: Annotated[Path, typer.Argument(help="The file to write: give it to whoever countersigns.")],
    key: OwnKey,
    role: Annotated[list[str], typer.Option(help="A role that you may sign in; may be repeated.")],
    name: Annotated[str, typer.Option(help="Your name (default: your certificate's).")] = "",
    organisation: Annotated[str, typer.Option(help="The organisation that you sign for.")] = "",
    certificate: KeyCertificate = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """State who you are and in which roles you sign, and prove with your key that you hold it.

    It counts once somebody else has countersigned it who is known to those who verify.

    Example: pdpo-audit keys enrol wong.json --key wong.p12 --role legal --name "Wong Siu Ling"
    """
    place = KeyPlace(key=key, certificate=certificate, passphrase_file=passphrase_file, ask=asker())
    _show_person(enrol_person(file, key=place, name=name, roles=role, organisation=organisation), json, quiet)


def countersign(
    file: Annotated[Path, typer.Argument(help="The enrolment of somebody whom you know.")],
    key: OwnKey,
    certificate: KeyCertificate = None,
    passphrase_file: PassphraseFile = None,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Countersign somebody's enrolment, and keep it in the workspace where there is one.

    You say that you know this person, and that the fingerprint is the one they gave you themselves.

    Example: pdpo-audit keys countersign wong.json --key chan.p12
    """
    place = KeyPlace(key=key, certificate=certificate, passphrase_file=passphrase_file, ask=asker())
    home = workspace or find_workspace(Path.cwd())
    if home is None:
        person = countersign_enrolment(file, key=place)
    else:
        with opened(home, quiet=quiet, verbose=verbose) as opened_workspace:
            person = countersign_enrolment(file, key=place, project=opened_workspace.project)
    _show_person(person, json, quiet)


def people(workspace: WorkspaceDir = None, json: Json = False, quiet: Quiet = False, verbose: Verbose = False) -> None:
    """Everybody who is enrolled in this workspace, for which roles, and who countersigned.

    Example: pdpo-audit keys people
    """
    home = workspace or find_workspace(Path.cwd())
    if home is None:
        raise CallError("there is no workspace here", advice="name it with --workspace")
    found = list_people(home)
    if json:
        show_json(found)
    else:
        rows: list[tuple[object, ...]] = [
            (one.name, ", ".join(one.roles), one.sha256, one.countersigned_by or "nobody") for one in found
        ]
        table("", rows, headers=("name", "roles", "certificate SHA-256", "countersigned by"))


def _show_person(person: EnrolledPerson, json: bool, quiet: bool) -> None:
    if json:
        show_json(person)
    elif not quiet:
        rows: list[tuple[object, ...]] = [
            ("name", person.name),
            ("roles", ", ".join(person.roles)),
            ("certificate SHA-256", person.sha256),
            ("countersigned by", person.countersigned_by or "nobody yet"),
        ]
        table("Enrolment", rows)


def rotate(
    new: Annotated[str, typer.Argument(metavar="NEW", help="The new seal: a PKCS#12 or PEM file, or a token's key.")],
    old: Annotated[str, typer.Option(help="The seal until now (default: the settings'); it signs the statement.")] = "",
    old_sha256: Annotated[str, typer.Option(help="Instead of --old: the fingerprint of a compromised seal.")] = "",
    compromised_since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="Since when the old key may be in other hands."),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why.")] = "planned",
    passphrase_file: PassphraseFile = None,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Let a new sealing key take the place of the old one, by a statement that the old one signs.

    Every later audit carries it, so whoever knows the old key knows the new one. A compromised key signs nothing: the
    new one tells it alone, and its fingerprint has to reach people by another way.

    Example: pdpo-audit keys rotate keys/seal-2028.p12 --reason "the certificate ends in March"
    """
    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        project = opened_workspace.project
        before = old or settled_seal(project)
        done = rotate_seal(
            project,
            new=KeyPlace(key=new, passphrase_file=passphrase_file, ask=asker()),
            old=None if old_sha256 else KeyPlace(key=before, passphrase_file=passphrase_file, ask=asker()),
            old_sha256=old_sha256,
            reason=reason,
            compromised_since=compromised_since.astimezone() if compromised_since else None,
        )
    if json:
        show_json(done)
    elif not quiet:
        out.print(f"{plain(done.file)}: {done.old_sha256} -> {done.new_sha256}")
        told = "Name the new seal under [signing] in the settings, and tell its fingerprint to those who verify."
        say(plain(told))
