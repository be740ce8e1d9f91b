"""Commands that prepare: init, keys create."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pdpo_audit.cli.options import Json, KeyCertificate, PassphraseFile, Quiet, Verbose, WorkspaceDir
from pdpo_audit.cli.session import asker, opened
from pdpo_audit.cli.showing import err, out, plain, say, show_json, table
from pdpo_audit.errors import CallError
from pdpo_audit.workspace.identities import KeyPlace, create_seal_file, open_key, passphrase
from pdpo_audit.workspace.initialising import Answers, SourceAnswers, create_workspace, name_sources
from pdpo_audit.workspace.opening import Workspace
from pdpo_audit.workspace.project import find_workspace


def init(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where the workspace shall lie.")] = Path(),
    source: Annotated[list[Path] | None, typer.Option(help="A folder that holds pictures; may be repeated.")] = None,
    organisation: Annotated[str, typer.Option(help="Name of the organisation.")] = "",
    authorised_by: Annotated[str, typer.Option(help="Who authorised this audit.")] = "",
    purpose: Annotated[str, typer.Option(help="What the audit is for.")] = "",
    pia_reference: Annotated[str, typer.Option(help="Privacy impact assessment of the face pass.")] = "",
    ask: Annotated[bool, typer.Option("--ask/--no-ask", help="Ask for what no option says.")] = True,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Make a workspace: ask in an officer's order and write a commented pdpo-audit.toml.

    Example: pdpo-audit init audit --source /mnt/nas/campaigns --authorised-by "General Counsel"
    """
    sources = name_sources(source or [])
    answers = Answers(
        organisation=organisation,
        authorised_by=authorised_by,
        purpose=purpose,
        pia_reference=pia_reference,
        sources=sources,
    )
    if ask and err.is_terminal and not json:
        answers = _ask(answers)
    file = create_workspace(folder, answers)
    if json:
        show_json({"settings": file})
    elif not quiet:
        out.print(f"Made {plain(file)}")
        if answers.open_matters:
            say("Open matters are noted in it: record each as a hold before anything is erased.")
        say(f"Next: read through it, then: pdpo-audit run --workspace {plain(folder)}")


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
    found = workspace or find_workspace(Path.cwd())
    if file is None and found is None:
        raise CallError(
            "there is no workspace here to make a seal for", advice="name the file to write, or --workspace"
        )
    if found is not None and (file is None or not organisation):
        project = Workspace.open(found).project
        organisation = organisation or project.settings.organisation.name
        file = file or project.folder / project.settings.signing.pkcs12
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
    if json:
        show_json(facts)
    else:
        table("", [(key.replace("_", " "), value) for key, value in facts.items()])


def sign(
    audit: Annotated[Path, typer.Argument(help="The folder of a sealed audit.")],
    role: Annotated[str, typer.Option(help="legal, compliance, communications, dpo or owner.")],
    name: Annotated[str, typer.Option(help="Your name, as it shall stand in the report.")],
    key: Annotated[
        str, typer.Option(help="Your own PKCS#12 or PEM file, or your key on a token (pkcs11:...); never the seal.")
    ],
    certificate: KeyCertificate = None,
    passphrase_file: PassphraseFile = None,
    comment: Annotated[str, typer.Option(help="A condition or remark that is signed along.")] = "",
    timestamp_url: Annotated[
        str | None,
        typer.Option(help="An RFC 3161 time-stamping service (default: the workspace's).", show_default=False),
    ] = None,
    trust: Annotated[
        list[Path] | None,
        typer.Option(help="A certificate that your own leads to (default: the workspace's); may be repeated."),
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Put your signature on the reports of an audit. Earlier signatures stay valid; a draft cannot be signed.

    Example: pdpo-audit sign reports/2026-11-20-a1b2c3 --role legal --name "Wong Siu Ling" --key wong.p12
    """
    from pdpo_audit.workspace.signing_off import sign_audit

    signed = sign_audit(
        audit,
        key=KeyPlace(key=key, certificate=certificate, passphrase_file=passphrase_file, ask=asker()),
        role=role,
        name=name,
        comment=comment,
        timestamp_url=timestamp_url,
        trust=trust,
    )
    if json:
        show_json(signed)
    elif not quiet:
        out.print(f"{plain(signed.record)} (PAdES {signed.level})")
        say(f"Check it with: pdpo-audit verify {plain(audit)}")


def purge(
    early: Annotated[bool, typer.Option("--early", help="Do not wait for the end date.")] = False,
    workspace: WorkspaceDir = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Forget the working data (paths, fingerprints, faces, metadata) when its end date has come.

    Decisions, digests, audits and the event log stay, and so do the sealed reports.

    Example: pdpo-audit purge
    """
    from pdpo_audit.workspace.purging import purge as purge_data

    with opened(workspace, quiet=quiet, verbose=verbose) as opened_workspace:
        purged = purge_data(opened_workspace.project, early=early)
    if json:
        show_json(purged)
    elif not quiet:
        out.print(f"Forgot {purged.holdings:,} holdings and {purged.boxes:,} face boxes.")


def _ask(answers: Answers) -> Answers:
    """Ask in an officer's order: authority, open matters, then each folder. Enter leaves a value empty."""
    say("Press Enter where you do not know: the report will say what is missing.\n")
    organisation = _prompt("Organisation", answers.organisation)
    authorised_by = _prompt("Who authorised this audit", answers.authorised_by)
    purpose = _prompt("What is it for", answers.purpose)
    pia = _prompt("Reference of the privacy impact assessment", answers.pia_reference)
    matters = _prompt("Is litigation, a complaint or an access request open (which)", "")
    sources = [_ask_source(source) for source in answers.sources]
    while path := _prompt("Folder that holds pictures (Enter to end)", ""):
        named = name_sources([Path(path).expanduser()], [source.name for source in sources])
        sources.append(_ask_source(named[0]))
    return Answers(
        organisation=organisation,
        authorised_by=authorised_by,
        purpose=purpose,
        pia_reference=pia,
        open_matters=matters,
        sources=tuple(sources),
    )


def _ask_source(source: SourceAnswers) -> SourceAnswers:
    say(f"\n{plain(source.uri)}")
    return SourceAnswers(
        name=_prompt("  Name", source.name),
        uri=source.uri,
        owner=_prompt("  Accountable owner", source.owner),
        purpose=_prompt("  Purpose the pictures are kept for", source.purpose),
        record_class=_prompt("  Record class (campaign_portrait, employee_photo ...)", source.record_class),
        vendor=_prompt("  Vendor that holds them, if any", source.vendor),
        jurisdiction=_prompt("  Jurisdiction (HK, CN ...)", source.jurisdiction),
        city=_prompt("  City", source.city),
        external_facing=typer.confirm("  Can the public see it", default=source.external_facing, err=True),
    )


def _prompt(question: str, default: str) -> str:
    return str(typer.prompt(question, default=default, show_default=bool(default), err=True)).strip()
