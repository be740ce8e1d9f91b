"""What wakes the program up once a day: units for systemd, a line for cron. The machine catches up after downtime."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

NAME = "pdpo-audit-reviews"

_SERVICE = """\
[Unit]
Description=Periodic reviews of pdpo-audit in {shown}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart={command}
# 3: something is overdue; the notices and `schedule status` say so, and the wake-up itself did its work.
SuccessExitStatus=3
Nice=10
"""

_TIMER = """\
[Unit]
Description=Daily wake-up for the periodic reviews of pdpo-audit

[Timer]
OnCalendar=*-*-* 07:30:00 Asia/Hong_Kong
RandomizedDelaySec=15min
Persistent=true

[Install]
WantedBy=timers.target
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """The two files of a systemd timer, by name."""

    service: str
    timer: str

    def files(self) -> dict[str, str]:
        """File name to text."""
        return {f"{NAME}.service": self.service, f"{NAME}.timer": self.timer}


def systemd_units(program: str, workspace: Path) -> Units:
    """A oneshot service, and a timer that makes up for a day on which the machine was off (``Persistent``)."""
    words = [program, "schedule", "run-due", "--workspace", str(workspace)]
    command = " ".join(_systemd_word(word) for word in words)
    return Units(service=_SERVICE.format(command=command, shown=_escaped(str(workspace))), timer=_TIMER)


def cron_line(program: str, workspace: Path) -> str:
    """A line for ``crontab``: once a day, and once after each start of the machine, which is cron's way to catch up."""
    words = [program, "schedule", "run-due", "--quiet", "--workspace", str(workspace)]
    command = shlex.join(words).replace("%", r"\%")
    return f"CRON_TZ=Asia/Hong_Kong\n30 7 * * * {command}\n@reboot sleep 300; {command}\n"


def _escaped(word: str) -> str:
    return word.replace("%", "%%").replace("\n", " ")


def _systemd_word(word: str) -> str:
    quoted = _escaped(word).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{quoted}"'
