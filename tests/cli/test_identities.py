"""Every kind of key seals and signs through the commands, at the level that its material allows."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat, pkcs12

from pdpo_audit.errors import MachineError
from pdpo_audit.signing.keys.identities import Identity, pem_of
from pdpo_audit.workspace.opening import Workspace
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.report.drafts import draft_reasons
from pdpo_audit.workspace.setup.identities import KeyPlace, Seal, open_key
from pdpo_audit.workspace.setup.initialising import Answers, create_workspace, name_sources
from tests.cli.conftest import Call, Ended
from tests.reports.printed import read_printed
from tests.signing.authority import ORGANISATION, Authority, serving
from tests.signing.test_tokens import PIN, SOFTHSM, TOKEN_KEYS, needs_softhsm, token  # noqa: F401  a fixture
from tests.workspace.library import make_library

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
SECRET = "correct horse"
LOCK = BestAvailableEncryption(SECRET.encode())
ROLES = 'roles = { dpo = "D", legal = "L", compliance = "C", communications = "M" }'

#: By language: how every page of a draft begins its foot, and how one that lacks nothing but signatures does.
DRAFT = (
    ("en", "DRAFT: ", "Unreviewed draft until the people"),
    ("zh-Hant", "草稿：", "未經覆核的草稿，待簽核欄所列人士簽署"),
)


@pytest.fixture(scope="module")
def authority() -> Iterator[Authority]:
    with serving(datetime.now(ZoneInfo("Asia/Hong_Kong"))) as running:
        yield running


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scanned workspace that lacks nothing for a final report but a key."""
    folder = tmp_path_factory.mktemp("identities")
    make_library(folder / "share", 2)
    (source,) = name_sources([folder / "share"])
    answers = Answers(
        organisation=ORGANISATION, authorised_by="General Counsel", sources=(replace(source, owner="Studio"),)
    )
    file = create_workspace(folder / "audit", answers)
    text = file.read_text().splitlines()
    file.write_text("\n".join(ROLES if line.startswith("roles") else line for line in text) + "\n")
    opened = Workspace.open(file.parent)
    opened.scan(ScanOptions(people="off", workers=0))
    opened.close()
    return file.parent


@pytest.fixture
def workspace(scanned: Path, tmp_path: Path) -> Path:
    return shutil.copytree(scanned, tmp_path / "audit")


def write_key(folder: Path, kind: str, key: Key, certificates: list[x509.Certificate]) -> Path:
    """A key file of one kind, with its certificate and issuers in it."""
    path = folder / f"{kind}.key"
    if kind == "pkcs12":
        path.write_bytes(pkcs12.serialize_key_and_certificates(b"x", key, certificates[0], certificates[1:], LOCK))
    else:
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, LOCK)
        path.write_bytes(private + b"".join(map(pem_of, certificates)))
    return path


def settle(workspace: Path, **signing: object) -> None:
    """Settings of the section ``signing``, in place of those that ``init`` wrote."""
    file = workspace / "pdpo-audit.toml"
    head, _, tail = file.read_text().partition("[signing]")
    rest = tail[tail.index("[catalogue]") :]
    lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in signing.items())
    file.write_text(f"{head}[signing]\n{lines}\n{rest}")


def speak_chinese_too(workspace: Path) -> None:
    file = workspace / "pdpo-audit.toml"
    file.write_text(file.read_text().replace('languages = ["en"]', 'languages = ["en", "zh-Hant"]'))


def report(call: Call, workspace: Path) -> tuple[Path, dict[str, object]]:
    ended = call("report", "--workspace", workspace, "--json")
    assert ended.code == 0, ended.err
    summary = json.loads(ended.out)
    assert summary["draft_reasons"] == [] and not summary["throw_away_seal"]
    return Path(summary["folder"]), summary


def statements(verified: Ended, verdict: str = "proved") -> str:
    (result,) = json.loads(verified.out)
    return "\n".join(f"{one['subject']}: {one['statement']}" for one in result["checks"] if one["verdict"] == verdict)


@pytest.mark.parametrize(("kind", "make"), [("pkcs12", TOKEN_KEYS["rsa"]), ("pem", TOKEN_KEYS["elliptic"])])
def test_a_key_file_seals_and_another_signs(
    kind: str, make: Key, workspace: Path, tmp_path: Path, call: Call, authority: Authority
) -> None:
    root = tmp_path / "root.pem"
    root.write_bytes(pem_of(authority.root))
    key = write_key(workspace, kind, make, [authority.certify("Seal", make), authority.root])
    settle(workspace, key=key.name, trust=[str(root)])
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PDPO_AUDIT_PASSPHRASE_FILE", str(tmp_path / "secret"))
        folder, summary = report(call, workspace)
    assert summary["pades_level"] == "B-B"
    person = ec.generate_private_key(ec.SECP256R1())
    own = write_key(tmp_path, "pem", person, [authority.certify("Wong Siu Ling", person)])
    how = (
        "--role",
        "legal",
        "--decision",
        "agree",
        "--name",
        "Wong Siu Ling",
        "--key",
        own,
        "--passphrase-file",
        tmp_path / "secret",
    )
    signed = call("sign", folder, *how, "--json")
    assert signed.code == 0, signed.err
    assert json.loads(signed.out)["level"] == "B-B"
    verified = call("verify", folder, "--trust", root, "--json")
    assert verified.code == 0
    said = statements(verified)
    assert "CN=Seal" in said and "CN=Wong Siu Ling" in said and said.count("PAdES B-B") == 2
    other = tmp_path / "other.pem"
    other.write_bytes(pem_of(authority.stamping))
    assert call("verify", folder, "--trust", other, "--json").code == 4


def test_with_a_trust_list_and_timestamps_the_level_is_b_lt_and_is_said(
    workspace: Path, tmp_path: Path, call: Call, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root.pem"
    root.write_bytes(pem_of(authority.root))
    key = write_key(workspace, "pkcs12", TOKEN_KEYS["rsa"], [authority.certify("Seal", TOKEN_KEYS["rsa"])])
    settle(workspace, key=key.name, timestamp_url=authority.url, trust=[str(root)])
    speak_chinese_too(workspace)
    monkeypatch.setenv("PDPO_AUDIT_PASSPHRASE", SECRET)
    folder, summary = report(call, workspace)
    assert summary["pades_level"] == "B-LT"
    for language, marked, waiting in DRAFT:
        pages = read_printed(folder / f"report.{language}.pdf").pages
        assert "PAdES B-LT" in " ".join(pages)
        assert not any(marked in page for page in pages) and all(waiting in page for page in pages)
    person = write_key(tmp_path, "pkcs12", TOKEN_KEYS["elliptic"], [authority.certify("D", TOKEN_KEYS["elliptic"])])
    signed = call("sign", folder, "--role", "dpo", "--decision", "agree", "--key", person, "--json")
    assert json.loads(signed.out)["level"] == "B-LT"
    verified = call("verify", folder, "--trust", root, "--json")
    assert verified.code == 0 and statements(verified).count("PAdES B-LT: ") == 4
    alone = call("verify", folder / "report.en.pdf", "--trust", root, "--json")
    assert alone.code == 0 and "Whether the certificate was revoked" not in statements(alone, "not provable")


@needs_softhsm
def test_keys_on_a_token_seal_and_sign(
    token: str, workspace: Path, tmp_path: Path, call: Call, authority: Authority,  # noqa: F811  a fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    chain = workspace / "seal.pem"
    chain.write_bytes(pem_of(authority.certify("Token seal", TOKEN_KEYS["rsa"])) + pem_of(authority.root))
    address = f"pkcs11:token={token};object=rsa?module-path={SOFTHSM}"
    settle(workspace, key=address, certificate=chain.name)
    monkeypatch.setenv("PDPO_AUDIT_PASSPHRASE", PIN)
    folder, _ = report(call, workspace)
    shown = call("keys", "show", address, "--certificate", chain, "--json")
    assert "CN=Token seal" in json.loads(shown.out)["subject"]
    mine = tmp_path / "mine.pem"
    mine.write_bytes(pem_of(authority.certify("Lee", TOKEN_KEYS["elliptic"])))
    theirs = address.replace("object=rsa", "object=elliptic")
    how = ("--role", "compliance", "--decision", "agree", "--name", "Lee", "--key", theirs, "--certificate", mine)
    assert call("sign", folder, *how).code == 0
    root = tmp_path / "root.pem"
    root.write_bytes(pem_of(authority.root))
    assert call("verify", folder, "--trust", root).code == 0
    monkeypatch.setenv("PDPO_AUDIT_PASSPHRASE", "000000")
    assert (
        call(
            "sign", folder, *how[:-4], "--role", "owner", "--decision", "agree", "--key", theirs, "--certificate", mine
        ).code
        == 5
    )


def a_key_that_is_named_and_missing(folder: Path) -> dict[str, object]:
    return {"key": "missing.pem"}


def an_address_with_a_pin(folder: Path) -> dict[str, object]:
    return {"key": "pkcs11:token=a;object=b?module-path=/x.so&pin-value=1234"}


def a_trust_list_that_is_missing(folder: Path) -> dict[str, object]:
    key = write_key(folder, "pem", TOKEN_KEYS["rsa"], [])
    return {"key": key.name, "trust": ["missing.pem"]}


@pytest.mark.parametrize(
    ("wrong", "code", "said"),
    [
        (a_key_that_is_named_and_missing, 5, "missing.pem cannot be read"),
        (an_address_with_a_pin, 2, "a PIN never stands"),
        (a_trust_list_that_is_missing, 5, "cannot be read"),
    ],
)
def test_a_key_that_cannot_be_used_is_never_replaced_by_a_throw_away_one(
    wrong: Callable[[Path], dict[str, object]], code: int, said: str, workspace: Path, call: Call,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    settle(workspace, **wrong(workspace))
    monkeypatch.setenv("PDPO_AUDIT_PASSPHRASE", SECRET)
    ended = call("report", "--workspace", workspace)
    assert ended.code == code and said in " ".join(ended.err.split())
    assert not list((workspace / "reports").glob("*"))


def test_a_seal_that_does_not_lead_to_the_trust_list_leaves_no_audit(
    workspace: Path, tmp_path: Path, call: Call, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = write_key(workspace, "pem", TOKEN_KEYS["rsa"], [authority.certify("Seal", TOKEN_KEYS["rsa"])])
    (workspace / "other.pem").write_bytes(pem_of(authority.stamping))
    settle(workspace, key=key.name, trust=["other.pem"])
    monkeypatch.setenv("PDPO_AUDIT_PASSPHRASE", SECRET)
    ended = call("report", "--workspace", workspace)
    assert ended.code == 4 and "not trusted" in " ".join(ended.err.split())
    assert not [path for path in (workspace / "reports").glob("*") if not path.name.startswith(".")]


def test_what_is_missing_keeps_a_draft_that_nobody_can_sign(
    workspace: Path, tmp_path: Path, call: Call, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PDPO_AUDIT_PASSPHRASE", SECRET)
    key = write_key(workspace, "pem", TOKEN_KEYS["rsa"], [authority.certify("Seal", TOKEN_KEYS["rsa"])])
    settle(workspace, key=key.name)
    speak_chinese_too(workspace)
    file = workspace / "pdpo-audit.toml"
    file.write_text(re.sub(r'(owner|authorised_by|legal) = "[^"]+"', r'\1 = ""', file.read_text()))
    summary = json.loads(call("report", "--workspace", workspace, "--json").out)
    reasons = ["nobody is named who authorised", "no accountable owner", "nobody is named to sign for legal"]
    assert all(said.startswith(reason) for said, reason in zip(summary["draft_reasons"], reasons, strict=True))
    for language, marked, waiting in DRAFT:
        pages = read_printed(Path(summary["folder"]) / f"report.{language}.pdf").pages
        assert len(pages) > 5 and all(marked in page for page in pages)
        assert not any(waiting in page for page in pages)
    own = write_key(tmp_path, "pem", TOKEN_KEYS["elliptic"], [authority.certify("D", TOKEN_KEYS["elliptic"])])
    ended = call("sign", summary["folder"], "--role", "dpo", "--decision", "agree", "--name", "D", "--key", own)
    assert ended.code == 2 and "is a draft" in " ".join(ended.err.split())


@pytest.mark.parametrize("missing", ["owner", "authorised_by", "legal", "name"])
def test_each_thing_that_is_missing_alone_makes_a_draft(missing: str, workspace: Path, authority: Authority) -> None:
    file = workspace / "pdpo-audit.toml"
    project = Workspace.open(workspace).project
    key = TOKEN_KEYS["rsa"]
    seal = Seal(identity=Identity(certificate=authority.certify("Seal", key), chain=(), signer=bytes), throw_away=False)
    assert draft_reasons(project, seal) == []
    file.write_text(re.sub(rf'\b{missing} = "(?!share)[^"]+"', f'{missing} = ""', file.read_text(), count=1))
    project.reload()
    assert len(draft_reasons(project, seal)) == 1


def test_a_passphrase_comes_from_a_file_a_variable_or_a_person(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PDPO_AUDIT_PASSPHRASE", raising=False)
    key = str(write_key(tmp_path, "pem", TOKEN_KEYS["elliptic"], [authority.certify("D", TOKEN_KEYS["elliptic"])]))
    (tmp_path / "secret").write_text(f"{SECRET}\r\nnot this line\n")
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return SECRET

    assert open_key(KeyPlace(key=key, passphrase_file=tmp_path / "secret", ask=answer)).is_elliptic and not asked
    assert open_key(KeyPlace(key=key, ask=answer)).is_elliptic and asked == ["Passphrase of pem.key"]
    monkeypatch.setenv("PDPO_AUDIT_PASSPHRASE_FILE", str(tmp_path / "secret"))
    assert open_key(KeyPlace(key=key, ask=answer)).is_elliptic and len(asked) == 1
    monkeypatch.setenv("PDPO_AUDIT_PASSPHRASE", "wrong")
    with pytest.raises(MachineError, match=r"of PDPO_AUDIT_PASSPHRASE does not open pem\.key"):
        open_key(KeyPlace(key=key, ask=answer))
    monkeypatch.delenv("PDPO_AUDIT_PASSPHRASE")
    (tmp_path / "secret").write_text("wrong\n")
    with pytest.raises(MachineError, match=r"in .*secret.* does not open pem\.key"):
        open_key(KeyPlace(key=key, passphrase_file=tmp_path / "secret", ask=answer))
    monkeypatch.delenv("PDPO_AUDIT_PASSPHRASE_FILE")
    with pytest.raises(MachineError, match="needs its passphrase"):
        open_key(KeyPlace(key=key))
    typed = iter(["wrong", "wrong again", SECRET])
    again: list[str] = []

    def mistype(question: str) -> str:
        again.append(question)
        return next(typed)

    assert open_key(KeyPlace(key=key, ask=mistype)).is_elliptic
    assert [one.partition("; ")[2][:12] for one in again] == ["", "2 more tries", "1 more try. "]
    with pytest.raises(MachineError, match=r"that was typed does not open pem\.key"):
        open_key(KeyPlace(key=key, ask=lambda _: "wrong"))


def test_people_are_enrolled_countersigned_and_bound(
    workspace: Path, tmp_path: Path, call: Call, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One person has a certificate from an authority; she answers for another, who made a key of his own."""
    monkeypatch.setenv("PDPO_AUDIT_PASSPHRASE", SECRET)
    key = write_key(workspace, "pem", TOKEN_KEYS["rsa"], [authority.certify("Seal", TOKEN_KEYS["rsa"])])
    settle(workspace, key=key.name)
    folder, _ = report(call, workspace)
    root = tmp_path / "root.pem"
    root.write_bytes(pem_of(authority.root))
    own = tmp_path / "wong.p12"
    assert call("keys", "create", own, "--name", "Wong Siu Ling", "--organisation", "Firm").code == 0
    chan = write_key(tmp_path, "pem", TOKEN_KEYS["elliptic"], [authority.certify("Chan", TOKEN_KEYS["elliptic"])])
    half = tmp_path / "wong.json"
    assert call("keys", "enrol", half, "--key", own, "--role", "legal", "--json").code == 0
    assert call("keys", "countersign", half, "--key", own, "--workspace", workspace).code == 2
    done = call("keys", "countersign", half, "--key", chan, "--workspace", workspace, "--json")
    assert json.loads(done.out)["countersigned_by"].startswith("CN=Chan")
    assert [one["name"] for one in json.loads(call("keys", "people", "--workspace", workspace, "--json").out)] == [
        "Wong Siu Ling"
    ]
    assert call("sign", folder, "--role", "legal", "--decision", "agree", "--key", own).code == 0
    bound = call("verify", folder, "--trust", root, "--json")
    assert bound.code == 0
    assert "It was signed by Wong Siu Ling: Wong Siu Ling is enrolled with it" in statements(bound)
    alone = call("verify", folder, "--json")
    assert "Whether Wong Siu Ling signed" in statements(alone, "not provable")
