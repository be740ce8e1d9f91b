"""A notice by mail: over TLS, or on this machine only."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

#: Seconds that the server may take for each answer.
PATIENCE = 10.0
_PORTS = {"smtps": 465, "smtp+starttls": 587, "smtp": 25}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed over: ``smtps``, ``smtp+starttls``, or plain ``smtp`` to this machine."""

    url: str
    sender: str
    user: str = ""
    password: str = ""


def write_mail(*, sender: str, recipient: str, subject: str, text: str, identity: str, at: datetime) -> EmailMessage:
    """The message. ``identity`` makes its Message-ID: a copy that comes twice is known as one."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{identity}@pdpo-audit.invalid>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def send_mail(server: MailServer, message: EmailMessage) -> None:
    """Hand a message over; ``OSError`` or ``smtplib.SMTPException`` where that was not done, or nobody can know."""
    parts = urlsplit(server.url)
    port = parts.port or _PORTS[parts.scheme]
    context = ssl.create_default_context()
    host = parts.hostname or ""
    if parts.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=PATIENCE, context=context)
    else:
        connection = smtplib.SMTP(host, port, timeout=PATIENCE)
    with connection:
        if parts.scheme == "smtp+starttls":
            connection.starttls(context=context)
        if server.user:
            connection.login(server.user, server.password)
        connection.send_message(message)
