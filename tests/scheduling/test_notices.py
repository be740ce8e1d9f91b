"""Notices: each arrives once whatever the receiver does, tells counts and a link only, and never holds a review up."""

from __future__ import annotations

import json
import socket
import sys
import threading
from asyncio import WriteTransport
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from pdpo_audit import Workspace
from pdpo_audit.errors import SettingsError
from pdpo_audit.notices import mail, webhook
from pdpo_audit.workspace.plans.notifying import Happened, deliver, put_notices
from pdpo_audit.workspace.plans.planning import Wish, add_plan, change_plan
from pdpo_audit.workspace.plans.registering import compose_register
from pdpo_audit.workspace.plans.standing import schedule_status
from pdpo_audit.workspace.plans.waking import wake_up
from pdpo_audit.workspace.project import HONG_KONG, Project
from pdpo_audit.workspace.status import status

PEOPLE = """
[[people]]
name = "Ho Mei"
roles = ["owner"]
email = "ho.mei@example.hk"

[[people]]
name = "Chan Tai Man"
roles = ["dpo"]
email = "dpo@example.hk"

[[people]]
name = "Lau Suk Yee"
email = "senior@example.hk"
"""


class Office:
    """A workspace with a plan, at a time that the test moves."""

    def __init__(self, folder: Path, notices: str) -> None:
        self.now = datetime(2026, 11, 30, 9, tzinfo=HONG_KONG)
        self.workspace = Workspace.create(folder, clock=lambda: self.now)
        file = self.project.settings_path
        file.write_text(f"{file.read_text('utf-8')}\n{PEOPLE}\n[notices]\n{notices}\n", "utf-8")
        self.project.reload()
        add_plan(self.project, "q", Wish(every="last weekday of the quarter", owner="Ho Mei"), by="Ho Mei")

    @property
    def project(self) -> Project:
        return self.workspace.project

    def on(self, day: str) -> int:
        """Put in what is to be told on a day, and send once."""
        self.now = datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=HONG_KONG)
        put_notices(self.project, schedule_status(self.project))
        return self.send()

    def send(self) -> int:
        return deliver(self.project, patience=0).sent


class Mailbox:
    """A mail server that takes what it is sent, after ``trouble`` of some kind."""

    def __init__(self, *trouble: str) -> None:
        self.trouble, self.taken = list(trouble), list[EmailMessage]()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        trouble = self.trouble.pop(0) if self.trouble else ""
        if trouble == "refuses":
            return "451 4.3.0 come again"
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        if trouble == "dies":
            assert isinstance(server.transport, WriteTransport)
            server.transport.abort()
        return "250 taken"

    def ids(self) -> Counter[str]:
        return Counter(str(message["Message-ID"]) for message in self.taken)


@contextmanager
def serving(box: Mailbox) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f'smtp = "smtp://127.0.0.1:{port}"\nsender = "audit@example.hk"'
    finally:
        controller.stop()


def test_people_hear_at_each_milestone_once_and_the_senior_of_what_stays_overdue(tmp_path: Path) -> None:
    box = Mailbox()
    with serving(box) as smtp:
        office = Office(tmp_path / "audit", f'{smtp}\nsenior = "Lau Suk Yee"\nlink = "https://audit.example.hk/"')
        sent = [office.on(day) for day in ("2026-12-16", "2026-12-17", "2026-12-18", "2026-12-28", "2026-12-31")]
        assert sent == [0, 2, 0, 2, 2]
        assert office.on("2027-01-06") == 0 and office.on("2027-01-07") == 3 and office.on("2027-01-08") == 0
    assert set(box.ids().values()) == {1}
    last = [message for message in box.taken if message["To"] == "senior@example.hk"]
    text = last[0].get_content()
    assert "https://audit.example.hk/" in text and "At present: 1 overdue" in text and "現時：逾期 1 項" in text
    assert "is overdue" in str(last[0]["Subject"]) and str(last[0]["Auto-Submitted"]) == "auto-generated"


def test_after_downtime_only_the_newest_milestone_is_told(tmp_path: Path) -> None:
    box = Mailbox()
    with serving(box) as smtp:
        assert Office(tmp_path / "audit", smtp).on("2026-12-31") == 2
    assert all("is due" in str(message["Subject"]) for message in box.taken)


def test_a_server_that_refuses_gets_it_again_later_and_once(tmp_path: Path) -> None:
    box = Mailbox("refuses", "refuses", "refuses")
    with serving(box) as smtp:
        office = Office(tmp_path / "audit", smtp)
        assert office.on("2026-12-17") == 0
        assert office.send() == 0 and not box.taken
        for seconds in (6, 30, 400):
            office.now += timedelta(seconds=seconds)
            office.send()
    assert set(box.ids().values()) == {1} and len(box.taken) == 2


def test_a_server_that_dies_after_it_took_it_gets_it_under_the_same_id(tmp_path: Path) -> None:
    box = Mailbox("dies")
    with serving(box) as smtp:
        office = Office(tmp_path / "audit", smtp)
        office.on("2026-12-17")
        office.now += timedelta(seconds=10)
        office.send()
        office.send()
    assert sorted(box.ids().values()) == [1, 2]


def test_a_server_that_hangs_is_given_up_and_left_for_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "PATIENCE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        office = Office(tmp_path / "audit", f'smtp = "smtp://127.0.0.1:{deaf.getsockname()[1]}"')
        assert office.on("2026-12-17") == 0
        found = deliver(office.project, patience=0)
    assert found.waiting >= 1 and "timed out" in found.fault.lower()


def test_two_senders_at_once_send_each_once(tmp_path: Path) -> None:
    box = Mailbox()
    with serving(box) as smtp:
        office = Office(tmp_path / "audit", smtp)
        office.now = datetime(2026, 12, 17, 9, tzinfo=HONG_KONG)
        put_notices(office.project, schedule_status(office.project))
        threads = [threading.Thread(target=deliver, args=[office.project], kwargs={"patience": 0.0}) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        office.send()
        office.send()
    assert set(box.ids().values()) == {1} and len(box.taken) == 2


class Hook(BaseHTTPRequestHandler):
    """A receiver that answers with the codes in ``answers``, then with 204."""

    answers: ClassVar[list[int]] = []
    got: ClassVar[list[tuple[dict[str, str], bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        code = self.answers.pop(0) if self.answers else 204
        if code == 204:
            self.got.append((dict(self.headers.items()), body))
        self.send_response(code)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


def test_a_webhook_is_signed_retried_and_never_led_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", "shared secret")
    Hook.answers, Hook.got = [503, 302], []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/hook"
    office = Office(tmp_path / "audit", f'webhook = "{url}"\nwebhook_secret = "env:HOOK"')
    assert office.on("2026-12-17") == 0
    for seconds in (6, 30, 400):
        office.now += timedelta(seconds=seconds)
        office.send()
    server.shutdown()
    server.server_close()
    ((headers, body),) = Hook.got
    lower = {name.lower(): value for name, value in headers.items()}
    at = int(lower["x-pdpo-audit-timestamp"])
    assert lower["x-pdpo-audit-signature"] == f"sha256={webhook.sign('shared secret', at, body)}"
    document = json.loads(body)
    assert document["counts"] == {"overdue": 0, "due": 0, "coming": 1} and lower["idempotency-key"]


@contextmanager
def hooked(*answers: int) -> Iterator[int]:
    """A receiver on this machine that answers so; its port."""
    Hook.answers, Hook.got = list(answers), []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_another_channel_gets_each_notice_once_with_counts_and_a_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hooked(503, 302) as port:
        monkeypatch.setenv("CHANNEL", f"json://127.0.0.1:{port}/secret-of-the-channel")
        office = Office(tmp_path / "audit", 'apprise = ["env:CHANNEL"]\nlink = "https://audit.example.hk/"')
        assert office.on("2026-12-17") == 0
        told = deliver(office.project, patience=0)
        assert told.waiting == 1 and "did not take it" in told.fault and "secret" not in told.fault
        for seconds in (6, 30, 400):
            office.now += timedelta(seconds=seconds)
            office.send()
    ((headers, body),) = Hook.got
    said = json.loads(body)
    assert "comes up in two weeks" in said["title"] and "https://audit.example.hk/" in said["message"]
    assert "0 overdue, 0 due, 1 to come" in said["message"] and str(tmp_path) not in body.decode()
    assert said["attachments"] == [] and "apprise" not in headers.get("User-Agent", "").lower()


@pytest.mark.parametrize(
    ("address", "fault"),
    [("json://example.hk/x", "say jsons://"), ("not an address", "no such address"), ("\n", "no such address")],
)
def test_a_channel_in_the_clear_or_unknown_is_told_and_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, fault: str
) -> None:
    (tmp_path / "channel.txt").write_text(address)
    (tmp_path / "channel.txt").chmod(0o600)
    office = Office(tmp_path / "audit", f'apprise = ["file:{tmp_path / "channel.txt"}"]')
    office.on("2026-12-17")
    assert fault in deliver(office.project, patience=0).fault


def test_without_apprise_the_notice_waits_and_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    monkeypatch.setenv("CHANNEL", "json://127.0.0.1:9/")
    office = Office(tmp_path / "audit", 'apprise = ["env:CHANNEL"]')
    office.on("2026-12-17")
    assert "pdpo-audit[apprise]" in deliver(office.project, patience=0).fault


def test_what_happened_is_told_and_no_path_is(tmp_path: Path) -> None:
    box = Mailbox()
    with serving(box) as smtp:
        office = Office(tmp_path / "audit", smtp)
        happened = [Happened(what=what, plan="q", slot="2026-12-31") for what in ("unsealed", "missed", "failed")]
        put_notices(office.project, schedule_status(office.project), happened)
        put_notices(office.project, schedule_status(office.project), happened)
        assert office.send() == 6
    said = "".join(message.get_content() for message in box.taken)
    assert "unsealed draft" in said and str(tmp_path) not in said


@pytest.mark.parametrize(
    "notices",
    [
        'smtp = "smtp://mail.example.hk:25"', 'smtp = "mail.example.hk"', 'webhook = "http://example.hk/x"',
        'smtp = "smtps://me:secret@mail.example.hk"', 'password = "secret"', 'webhook_secret = "secret"',
        'apprise = ["json://127.0.0.1/x"]',
    ],
)  # fmt: skip
def test_what_would_go_in_the_clear_or_hold_a_secret_is_refused(tmp_path: Path, notices: str) -> None:
    with pytest.raises(SettingsError):
        Office(tmp_path / "audit", notices)


def test_whom_no_mail_reaches_is_told_by_status_and_by_every_wake_up(tmp_path: Path) -> None:
    office = Office(tmp_path / "audit", 'smtp = "smtp://127.0.0.1:9"\nsenior = "Lau Suk Yee"')
    change_plan(office.project, "q", Wish(sign_offs=("dpo",)), by="Ho Mei")
    assert schedule_status(office.project).notes == ()
    file = office.project.settings_path
    text = (
        file.read_text("utf-8")
        .replace('email = "ho.mei@example.hk"', "")
        .replace('email = "senior', '# email = "senior')
    )
    file.write_text(text, "utf-8")
    office.project.reload()
    change_plan(office.project, "q", Wish(sign_offs=("dpo", "legal")), by="Ho Mei")
    (note,) = schedule_status(office.project).notes
    assert "Ho Mei, Lau Suk Yee, whoever signs as legal (nobody holds that role)" in note and "Chan" not in note
    assert note in wake_up(office.project, patience=0).notes
    assert compose_register(office.project, first=office.now.date(), last=office.now.date()).unreachable[0] == "Ho Mei"
    assert note in status(office.project).warnings
