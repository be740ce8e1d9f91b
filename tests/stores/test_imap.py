"""Pictures in mailboxes are found where they lie; no message becomes read; what could be done there is told."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest

from pdpo_audit.model.locations.holdings import FolderListing, ImageProblem, Skipped, SkipReason
from pdpo_audit.ports import ReachableSource
from pdpo_audit.sources.stores import lines
from pdpo_audit.sources.stores.kinds import mailservers
from tests.stores.libraries import OFF, as_store, declared, state_of

_SETTINGS = """
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
protocols = imap
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:{base}/mail
mail_plugins = acl
plugin {{
  acl = vfile
}}
protocol imap {{
  mail_plugins = acl imap_acl
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={base}
}}
service imap-login {{
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""
needs_dovecot = [
    pytest.mark.needs("dovecot"),
    pytest.mark.skipif(os.geteuid() != 0, reason="Dovecot changes to the owner of the mail"),
]


@dataclass(frozen=True, kw_only=True)
class Server:
    """A Dovecot that runs, with the folder that keeps its mail."""

    port: int
    mail: Path


def message(*files: Path) -> bytes:
    written = EmailMessage()
    written["From"], written["To"], written["Subject"] = "a@example.hk", "b@example.hk", "The proofs"
    written.set_content("As promised.")
    for file in files:
        written.add_attachment(file.read_bytes(), maintype="image", subtype="jpeg", filename=file.name)
    return written.as_bytes()


@pytest.fixture(scope="module")
def running(library: Path) -> Iterator[Server]:
    base = Path(tempfile.mkdtemp(prefix="pdpo-dovecot-"))
    base.chmod(0o755)
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    boxes = {"": ["a.jpg"], ".Albums.2024": ["夏 100%.jpg", "sub/b c.jpg"], ".&WQ8- box": ["a.jpg"]}
    for box, names in boxes.items():
        for kind in ("cur", "new", "tmp"):
            (base / "mail" / box / kind).mkdir(parents=True)
        for number, name in enumerate(names):
            (base / "mail" / box / "new" / f"{1700000000 + number}.M{number}.host").write_bytes(message(library / name))
    (base / "dovecot.conf").write_text(_SETTINGS.format(base=base, port=port, password="a pass:word".replace(" ", "_")))
    shutil.chown(base, "nobody", "nogroup")
    for place in (base / "mail").rglob("*"):
        shutil.chown(place, "nobody", "nogroup")
    shutil.chown(base / "mail", "nobody", "nogroup")
    program = subprocess.Popen([shutil.which("dovecot") or "dovecot", "-F", "-c", base / "dovecot.conf"])
    try:
        for _ in range(200):
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield Server(port=port, mail=base / "mail")
    finally:
        program.terminate()
        program.wait(20)
        shutil.rmtree(base)


@pytest.fixture
def server(running: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setattr(lines, "PAUSE", 0.01)
    return running


@pytest.fixture
def mail_login(tmp_path: Path) -> str:
    file = tmp_path / "mail-login"
    file.write_text("audit:a_pass:word", "utf-8")
    file.chmod(0o600)
    return f"file:{file}"


def source(port: int, login: str, path: str = "") -> ReachableSource:
    return as_store(f"imap://127.0.0.1:{port}/{path}?credential={login}")


class TestDovecot:
    pytestmark = needs_dovecot

    def test_pictures_are_holdings_where_they_lie_and_a_second_scan_reads_no_message(
        self, server: Server, library: Path, mail_login: str, tmp_path: Path
    ) -> None:
        workspace = declared(tmp_path / "audit", f"imap://127.0.0.1:{server.port}/?credential={mail_login}")
        before = {name: digest for name, (digest, _) in state_of(server.mail).items() if "dovecot" not in name}
        workspace.scan(OFF)
        held = workspace.table("holdings").set_index("path")
        pictures = {name: digest for name, (digest, _) in state_of(library).items()}
        assert {place: row.sha256 for place, row in held.iterrows()} == {
            "Albums/2024/1.eml!/夏 100%25.jpg": pictures["夏 100%.jpg"],
            "Albums/2024/2.eml!/b c.jpg": pictures["sub/b c.jpg"],
            "INBOX/1.eml!/a.jpg": pictures["a.jpg"],
            "夏 box/1.eml!/a.jpg": pictures["a.jpg"],
        }
        assert workspace.scan(OFF).examined.files == 0
        after = {name: digest for name, (digest, _) in state_of(server.mail).items() if "dovecot" not in name}
        assert after == before and not any(name.endswith(":2,S") for name in after)  # nothing became read

    def test_every_byte_comes_with_the_state_of_the_listing(self, server: Server, mail_login: str) -> None:
        there = source(server.port, mail_login, "Albums")
        found = [one for one in there.folders() if isinstance(one, FolderListing)]
        assert [one.folder for one in found] == [b"", b"2024"]
        for name, size, modified, token in found[1].entries:
            opened = there.open(b"2024/" + name)
            assert (opened.stat.size, opened.stat.modified_ns, opened.stat.inode) == (size, modified, token) and token
            whole = opened.whole()
            assert len(whole) == size and b"Subject: The proofs" in whole
        there.close()
        with pytest.raises(ImageProblem) as gone:
            there.open(b"2024/99.eml")
        assert gone.value.reason is SkipReason.VANISHED

    def test_what_the_login_could_do_and_who_is_not_let_in(self, server: Server, mail_login: str, login: str) -> None:
        beyond = source(server.port, mail_login).reach().beyond
        assert beyond is not None and "delete messages" in beyond
        assert source(server.port, login).reach().problem == "the login is refused"
        assert source(server.port, mail_login, "Nothing").reach().problem == "there is no such mailbox"


def scripted(*answers: bytes, heard: list[bytes] | None = None) -> int:
    """A server that lets in and then says what it is told to; the port. What it is asked is added to ``heard``."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    def talk(connection: socket.socket) -> None:
        connection.sendall(b"* OK IMAP4rev1 ready\r\n")
        with connection, connection.makefile("rb") as said:
            left = list(answers)
            for line in said:
                if heard is not None:
                    heard.append(line)
                tag, command = line.split(b" ")[:2]
                quiet = command.strip().upper() in (b"CAPABILITY", b"LOGIN", b"LOGOUT")
                body = b"* CAPABILITY IMAP4rev1\r\n" if quiet else left.pop(0) if left else b""
                try:
                    connection.sendall(body + tag + b" OK done\r\n")
                except OSError:
                    return

    threading.Thread(target=serve, daemon=True).start()
    return int(listener.getsockname()[1])


_LISTED = b'* LIST () "/" "INBOX"\r\n'
_EXAMINED = b"* 1 EXISTS\r\n* OK [UIDVALIDITY 5] ok\r\n"


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ((_LISTED, _EXAMINED, b"* 1 FETCH (UID 1)\r\n"), "leaves out"),
        ((_LISTED, _EXAMINED, b"* 1 FETCH (BODY {999999999}\r\n"), "sends more"),
        ((_LISTED, b"* 99999999 EXISTS\r\n"), "more than"),
        ((_LISTED, _EXAMINED, b"* 1 FETCH (UID 1 RFC822.SIZE 5)\r\n" * 50), "sends more"),
    ],
)
def test_a_hostile_server_is_told_and_bounded(
    answers: tuple[bytes, ...], told: str, login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "PAUSE", 0.01)
    monkeypatch.setattr(mailservers, "LISTING", 1_000)
    _, found = source(scripted(*answers), login).folders()
    assert isinstance(found, Skipped) and told in found.detail


def test_names_that_lead_elsewhere_are_no_mailboxes(login: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "PAUSE", 0.01)
    named = b'* LIST () "/" "../etc"\r\n* LIST () "." "a/b"\r\n* LIST () NIL ".."\r\n* LIST (\\Noselect) "/" "x"\r\n'
    found = list(source(scripted(named), login).folders())
    odd = [one for one in found if isinstance(one, Skipped)]
    assert [one.reason for one in odd] == [SkipReason.SPECIAL_FILE] * len(odd) and len(odd) == 3
    assert [one.folder for one in found if isinstance(one, FolderListing)] == [b""]


def test_a_message_larger_than_it_was_said_to_be_is_no_file(login: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "PAUSE", 0.01)
    lying = b"* 1 FETCH (UID 1 RFC822.SIZE 9 BODY[]<0> {5}\r\nabcde)\r\n"
    opened = source(scripted(_LISTED, _EXAMINED, lying, lying), login).open(b"INBOX/1.eml")
    with pytest.raises(ImageProblem):
        opened.whole()


def test_messages_are_examined_and_peeked_at(login: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "PAUSE", 0.01)
    heard = list[bytes]()
    answer = b"* 1 FETCH (UID 1 RFC822.SIZE 5 BODY[]<0> {5}\r\nabcde)\r\n"
    assert source(scripted(_LISTED, _EXAMINED, answer, heard=heard), login).open(b"INBOX/1.eml").whole() == b"abcde"
    assert [line.split(b" ")[1].strip() for line in heard[-3:]] == [b"LIST", b"EXAMINE", b"UID"]
    assert b"BODY.PEEK[]" in heard[-1]


def test_a_name_that_would_be_a_command_is_no_mailbox(login: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "PAUSE", 0.01)
    heard, name = list[bytes](), b'a"\r\nX STORE 1 +FLAGS (\\Deleted)\r\nY NOOP "'
    named = b'* LIST () "/" {%d}\r\n%s\r\n' % (len(name), name)
    found = list(source(scripted(named, _EXAMINED, heard=heard), login).folders())
    assert [one.reason for one in found if isinstance(one, Skipped)] == [SkipReason.SPECIAL_FILE]
    assert not any(b"STORE" in line for line in heard)
