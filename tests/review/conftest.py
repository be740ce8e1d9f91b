"""A small assessed workspace with people of every kind, and visitors of its review pages."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

from pdpo_audit import Workspace
from pdpo_audit.imaging.process import prepare
from pdpo_audit.review.application import application
from pdpo_audit.review.house import House
from pdpo_audit.workspace.project import HONG_KONG, ScanOptions
from pdpo_audit.workspace.review.invitations import invite
from pdpo_audit.workspace.review.picturing import Pictures
from tests.policy.packs_of_ours import rule, write_pack
from tests.workspace.library import picture

HOST = "127.0.0.1:8080"
ORIGIN = f"http://{HOST}"
HOSTILE = "<script>alert(1)</script>"
SETTINGS = """
[organisation]
name = "Harbour Light Agency Ltd"

[faces]
scope = "off"

[policy]
packs = ["./rules"]

[[people]]
name = "Chan Tai Man"
roles = ["dpo"]

[[people]]
name = "Ho Mei"
roles = ["owner"]
sees = ["archive"]

[[people]]
name = "Vera Wong"
roles = ["viewer"]

[[people]]
name = "Ada Lam"
roles = ["admin"]

[[people]]
name = "Lee Left"
roles = ["reviewer"]
until = 2026-01-01

[[sources]]
name = "studio"
uri = "../studio"
owner = "Creative Services"
jurisdiction = "HK"
purpose = "campaign production"
purpose_ended_on = 2024-12-31

[[sources]]
name = "archive"
uri = "../archive"
owner = "Human Resources"
jurisdiction = "HK"
purpose = "employment administration"
purpose_ended_on = 2024-12-31
"""


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 30, 12, tzinfo=HONG_KONG)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sources; one picture in both, a smaller copy, one of a hostile name with a hostile caption, singles."""
    prepare()
    folder = tmp_path_factory.mktemp("review")
    for name in ("studio", "archive", "audit"):
        (folder / name).mkdir()
    picture(1, (640, 480)).save(folder / "studio" / "original.png")
    picture(1, (640, 480)).resize((320, 240), Image.Resampling.LANCZOS).save(folder / "studio" / "small.jpg")
    (folder / "archive" / "again.png").write_bytes((folder / "studio" / "original.png").read_bytes())
    exif = Image.Exif()
    exif[0x010E] = exif[0x013B] = HOSTILE
    picture(2, (640, 480)).save(folder / "studio" / "<img src=x onerror=alert(1)>.jpg", exif=exif)
    for number in range(24):
        picture(10 + number).save(folder / "studio" / f"single {number:02}.jpg")
    picture(99).save(folder / "archive" / "staff.jpg")
    (folder / "audit" / "pdpo-audit.toml").write_text(SETTINGS, "utf-8")
    always = "{record.purpose is: recorded}"
    write_pack(folder / "audit" / "rules", rule("T-01", always), rule("T-02", "{duplicate.copies is at least: 2}"))
    opened = Workspace.open(folder / "audit", clock=Clock())
    opened.scan(ScanOptions(workers=0, people="off"))
    opened.assess()
    opened.close()
    return folder


@pytest.fixture
def workspace(made: Path, tmp_path: Path, clock: Clock) -> Iterator[Workspace]:
    """A copy of the assessed workspace with its sources."""
    shutil.copytree(made, tmp_path / "review")
    opened = Workspace.open(tmp_path / "review" / "audit", clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def house(workspace: Workspace) -> Iterator[House]:
    opened = House(project=workspace.project, pictures=Pictures(workspace.project))
    yield opened
    opened.pictures.close()


class Visitor(TestClient):
    """A browser: sends what browsers send, follows its own forms."""

    def submit(self, path: str, **fields: Any) -> Any:
        """A form as a page of ours sends it."""
        return self.post(path, data={"csrf": self.token, **fields}, headers={"origin": ORIGIN})

    @property
    def token(self) -> str:
        """The token of this session's forms."""
        found = re.search(r'name="csrf" value="(\w+)"', self.get("/queue").text + self.get("/people").text)
        return found[1] if found else ""

    def case(self, key: str) -> dict[str, Any]:
        """What the form of a case sends: its version and the findings that are ticked."""
        text = self.get(f"/case/{key}").text
        version = re.search(r'name="version" value="(\w+)"', text)
        return {
            "version": version[1] if version else "",
            "finding": re.findall(r'name="finding" value="([^"]+)" checked', text),
        }


@pytest.fixture
def stranger(house: House) -> Callable[[], Visitor]:
    """A browser without a session."""
    app = application(house, scheme="http", hosts={HOST})
    return lambda: Visitor(app, base_url=ORIGIN, follow_redirects=True, raise_server_exceptions=False)


@pytest.fixture
def join(house: House, stranger: Callable[[], Visitor]) -> Callable[[str], Visitor]:
    """A browser of somebody who used their personal link."""

    def joined(name: str) -> Visitor:
        visitor, token = stranger(), invite(house.project, name).link.rpartition("=")[2]
        answer = visitor.post("/join", data={"token": token}, headers={"origin": ORIGIN})
        assert answer.status_code in (200, 403), answer.text
        return visitor

    return joined
