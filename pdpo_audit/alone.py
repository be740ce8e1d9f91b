"""``pdpo-verify``: verification and the answering of sign-off requests, without the rest of the program.

It needs pyHanko, lxml and cryptography. ``make verifier`` packs it, with what it imports, into a wheel of its own.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pdpo_audit.errors import AuditError, CallError, ExitCode
from pdpo_audit.model.tool import VERSION
from pdpo_audit.signing.checks import Verdict, VerificationResult
from pdpo_audit.signing.keys.places import KeyPlace, open_key, read_certificates
from pdpo_audit.signing.roles import Decision
from pdpo_audit.signing.signoffs.requests import answer_file
from pdpo_audit.signing.verification import verify_path

_MARKS = {Verdict.PROVED: "proved    ", Verdict.FAILED: "FAILED    ", Verdict.NOT_PROVABLE: "not proved"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; gives the exit code, the same as of ``pdpo-audit``."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if given[:1] == ["sign"]:
            return _sign(_signing().parse_args(given[1:]))
        spoken = given[:1] == ["verify"] and len(given) > 1 and not Path("verify").exists()
        return _verify(_verifying().parse_args(given[1:] if spoken else given))  # said as in `pdpo-audit verify`
    except AuditError as error:
        _say(f"Error: {error.message}" + (f"\nWay out: {error.advice}" if error.advice else ""), stream=2)
        return int(error.exit_code)
    except KeyboardInterrupt:
        return int(ExitCode.INTERRUPTED)


def _verifying() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pdpo-verify",
        description="Check a sealed audit (its folder, a report, workbook, bundle or proof): what is proved, what is "
        "not, and what cannot be. `pdpo-verify sign REQUEST` answers a request for your sign-off.",
    )
    parser.add_argument("--version", action="version", version=f"pdpo-verify {VERSION}")
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--signer", action="append", default=[], help="SHA-256 of a certificate that you know")
    parser.add_argument("--anchor", action="append", default=[], help="the log's digest from an earlier report")
    parser.add_argument("--statement", action="append", default=[], type=Path, help="what you were told of a key")
    parser.add_argument("--online", action="store_true", help="ask the issuers whether a certificate was revoked")
    parser.add_argument(
        "--all-required", action="store_true", help="fail unless every required person, bound to a certificate, agrees"
    )
    parser.add_argument("--json", action="store_true", help="print the checks as JSON")
    _add_trust(parser)
    return parser


def _signing() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pdpo-verify sign", description="Look at the reports in the request first: it is a ZIP file."
    )
    parser.add_argument("request", type=Path, metavar="REQUEST")
    parser.add_argument("--key", required=True, help="your PKCS#12 or PEM file, or your key on a token (pkcs11:...)")
    parser.add_argument("--decision", required=True, choices=[one.value for one in Decision])
    parser.add_argument("--comment", default="", help="a remark; reservations and refusals need one")
    parser.add_argument("--name", default="", help="your name (default: as you were asked)")
    parser.add_argument("--certificate", type=Path, help="the key's certificate (PEM), where it is not with the key")
    parser.add_argument("--passphrase-file", type=Path, help="a file whose first line is the passphrase or PIN")
    parser.add_argument("--timestamp-url", default="", help="an RFC 3161 time-stamping service")
    parser.add_argument("-o", "--output", type=Path, help="the answer (default: beside the request)")
    _add_trust(parser)
    return parser


def _add_trust(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--trust", action="append", default=[], type=Path, help="a certificate that you vouch for")


def _verify(given: argparse.Namespace) -> int:
    trust, statements = read_certificates(given.trust), read_certificates(given.statement)
    results = [
        verify_path(
            path,
            trust=trust,
            signers=given.signer,
            anchors=given.anchor,
            statements=statements,
            now=datetime.now(UTC),
            online=given.online,
            all_required=given.all_required,
        )
        for path in given.paths
    ]
    _say(_as_json(results) if given.json else "\n".join(_as_text(one) for one in results))
    return int(max((one.code for one in results), default=ExitCode.DONE))


def _sign(given: argparse.Namespace) -> int:
    target = given.output or given.request.with_name(f"{given.request.stem}.signed.zip")
    ask = getpass.getpass if sys.stdin.isatty() else None
    place = KeyPlace(
        key=given.key,
        certificate=given.certificate,
        passphrase_file=given.passphrase_file,
        ask=(lambda question: ask(f"{question}: ")) if ask else None,
    )
    if target.exists():
        raise CallError(f"{target} exists already.", advice="Name another file with --output.")
    answer_file(
        given.request,
        target,
        open_key(place),
        decision=Decision(given.decision),
        name=given.name,
        comment=given.comment,
        signed_at=datetime.now(UTC),
        timestamp_url=given.timestamp_url,
        trust=read_certificates(given.trust),
    )
    _say(f"{target}\nSend it back: the audit takes it in with `pdpo-audit sign AUDIT --accept FILE`.")
    return int(ExitCode.DONE)


def _as_text(result: VerificationResult) -> str:
    head = f"{result.path}: {result.headline}"
    lines = [f"  {_MARKS[one.verdict]} {one.subject}: {one.statement}" for one in result.checks]
    return "\n".join([head, *lines])


def _as_json(results: Sequence[VerificationResult]) -> str:
    found = [
        {
            "path": one.path,
            "ok": one.ok,
            "checks": [
                {"subject": check.subject, "verdict": check.verdict.value, "statement": check.statement}
                for check in one.checks
            ],
        }
        for one in results
    ]
    return json.dumps(found, ensure_ascii=False, indent=1)


def _say(text: str, stream: int = 1) -> None:
    """In UTF-8 whatever the terminal is: names may be in any script."""
    os.write(stream, f"{text}\n".encode("utf-8", "backslashreplace"))
