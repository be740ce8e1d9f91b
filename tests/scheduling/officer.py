"""A data protection officer's workspace for tests that live through reviews: the clock is moved by hand."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PIL import Image
from skimage import data

from pdpo_audit import Workspace
from pdpo_audit.signing.keys.identities import create_seal
from pdpo_audit.signing.keys.places import KeyPlace
from pdpo_audit.signing.reviews.records import RECORD, ReviewRecord, read_record
from pdpo_audit.workspace.plans.chaining import REVIEWS
from pdpo_audit.workspace.project import HONG_KONG, Project
from pdpo_audit.workspace.report import signing_off
from tests.workspace.library import make_library

BEGIN = datetime(2026, 11, 30, 9, tzinfo=HONG_KONG)
SETTINGS = """
[[people]]
name = "Chan Tai Man"
roles = ["dpo", "owner"]
"""


class Officer:
    """A workspace that lacks nothing for a report that is no draft, and the keys of the seal and of the officer."""

    def __init__(self, base: Path, *, portraits: int = 0) -> None:
        """``portraits`` are copies of one portrait, which gives findings; without any nobody looks for people."""
        self.base, self.now = base, BEGIN
        for number in range(portraits):
            self.portrait(f"portrait {number}.png")
        make_library(base / "share", 4, copies=2)
        workspace = Workspace.create(base / "audit", clock=lambda: self.now)
        workspace.add(base / "share")
        self.project: Project = workspace.project
        file = self.project.settings_path
        text = file.read_text("utf-8")
        if not portraits:
            text = text.replace('scope = "all"', 'scope = "off"', 1)
        for key, value in (("name", "Harbour Light"), ("authorised_by", "General Counsel")):
            text = text.replace(f'{key} = ""', f'{key} = "{value}"', 1)
        text = text.replace('languages = ["en", "zh-Hant"]', 'languages = ["en"]')
        text = text.replace('owner = ""', 'owner = "Chan Tai Man"').replace("roles = {", "# roles = {")
        text += f"{SETTINGS}\n[execution]\nsource_loss = 1.0\n"
        file.write_text(text, "utf-8")
        self.project.reload()
        self.key("audit/keys/seal.p12", "Harbour Light seal")
        self.key("chan.p12", "Chan Tai Man")
        (base / "pass").write_text("x\n")
        self.project.passphrase_file = base / "pass"

    def portrait(self, name: str) -> None:
        file = self.base / "share" / name
        file.parent.mkdir(exist_ok=True)
        Image.fromarray(data.astronaut()).save(file)  # type: ignore[no-untyped-call]  # scikit-image is typed in part

    def key(self, place: str, name: str) -> None:
        file = self.base / place
        file.parent.mkdir(exist_ok=True)
        sealed = create_seal(common_name=name, organisation="Harbour Light", passphrase=b"x", now=BEGIN, days=900)
        file.write_bytes(sealed)

    def on(self, day: str) -> None:
        self.now = datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=HONG_KONG)

    def sign(self, audit: str) -> None:
        key = KeyPlace(key=str(self.base / "chan.p12"), passphrase_file=self.base / "pass")
        said = signing_off.Said(decision="agree", name="Chan Tai Man")
        signing_off.sign_audit(self.project.reports / audit, key=key, role="dpo", said=said)

    def records(self) -> list[ReviewRecord]:
        return [read_record(one.read_bytes()) for one in sorted((self.project.folder / REVIEWS).glob(f"*/{RECORD}"))]
