"""Commands that sign and stamp sealed audits."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pdpo_audit.cli.options import Json, KeyCertificate, PassphraseFile, Quiet, Verbose
from pdpo_audit.cli.session import asker
from pdpo_audit.cli.showing import out, plain, say, show_json
from pdpo_audit.errors import CallError
from pdpo_audit.workspace.setup.identities import KeyPlace

Signable = Annotated[Path, typer.Argument(metavar="AUDIT|REQUEST", help="The folder of a sealed audit, or a request.")]
Role = Annotated[str, typer.Option(help="legal, compliance, communications, dpo or owner.")]
Decision = Annotated[str, typer.Option(help="agree, agree-with-reservations or refuse.")]
OwnKey = Annotated[
    str, typer.Option(help="Your own PKCS#12 or PEM file, or your key on a token (pkcs11:...); never the seal.")
]
OwnName = Annotated[str, typer.Option(help="Your name, as it shall stand in the report (default: your certificate's).")]
Comment = Annotated[str, typer.Option(help="A remark that is signed along; reservations and refusals need one.")]
TimestampUrl = Annotated[
    str | None, typer.Option(help="An RFC 3161 time-stamping service (default: the workspace's).", show_default=False)
]
OwnTrust = Annotated[
    list[Path] | None,
    typer.Option(help="A certificate that your own leads to (default: the workspace's); may be repeated."),
]
Request = Annotated[
    Path | None, typer.Option(help="Write a request for somebody elsewhere to this file; they sign that.")
]
Accept = Annotated[Path | None, typer.Option(help="Take in the answer to a request.")]
Answer = Annotated[
    Path | None, typer.Option("-o", "--output", help="The answer to write (default: beside the request).")
]


def sign(
    path: Signable,
    role: Role = "",
    decision: Decision = "",
    key: OwnKey = "",
    name: OwnName = "",
    certificate: KeyCertificate = None,
    passphrase_file: PassphraseFile = None,
    comment: Comment = "",
    timestamp_url: TimestampUrl = None,
    trust: OwnTrust = None,
    request: Request = None,
    accept: Accept = None,
    output: Answer = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Say what you think of an audit, and put your signature on its reports. A draft cannot be signed.

    Earlier signatures stay valid. A later one in the same role takes the place of a wrong one, and says so. For
    somebody who has no account here: --request writes a file, `sign` (or `pdpo-verify sign`) answers it elsewhere, and
    --accept takes the answer in.

    Example: pdpo-audit sign reports/2026-11-20-a1b2c3 --role legal --decision agree --key wong.p12
    """
    from pdpo_audit.workspace.report import signing_off

    if request is not None:
        _tell(signing_off.ask_for_sign_off(path, request, role=role, name=name), json, quiet)
        return
    if accept is not None:
        _tell(signing_off.accept(path, accept), json, quiet)
        return
    said = signing_off.Said(decision=decision, name=name, comment=comment)
    if not key:
        raise CallError("whose key signs?", advice="name your own with --key")
    place = KeyPlace(key=key, certificate=certificate, passphrase_file=passphrase_file, ask=asker())
    if path.is_file():
        target, url = output or path.with_name(f"{path.stem}.signed.zip"), timestamp_url or ""
        signed = signing_off.answer(path, target, key=place, said=said, timestamp_url=url, trust=trust or ())
    else:
        signed = signing_off.sign_audit(path, key=place, role=role, said=said, timestamp_url=timestamp_url, trust=trust)
    if json:
        show_json(signed)
    elif not quiet:
        out.print(f"{plain(signed.record)} (PAdES {signed.level})")
        if path.is_dir():
            say(f"Check it with: pdpo-audit verify {plain(path)}")


def _tell(written: Path, json: bool, quiet: bool) -> None:
    if json:
        show_json({"file": written})
    elif not quiet:
        out.print(plain(written))


def stamp(
    audit: Annotated[Path, typer.Argument(help="The folder of a sealed audit.")],
    timestamp_url: Annotated[str, typer.Option(help="An RFC 3161 service (default: the workspace's).")] = "",
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Put an archive timestamp on a whole audit, sign-offs and earlier timestamps included.

    Certificates end before the years for which reports are kept. Stamped again in time, an audit stays provable.

    Example: pdpo-audit stamp reports/2026-11-20-a1b2c3
    """
    from pdpo_audit.workspace.report.signoffs.stamping import stamp as stamp_audit

    _tell(stamp_audit(audit, timestamp_url), json, quiet)
