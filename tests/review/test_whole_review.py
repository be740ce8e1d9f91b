"""A whole review in a real browser, by keyboard: open the link, filter, compare, decide, undo, report, sign, verify."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from pdpo_audit import Workspace
from pdpo_audit.signing.keys.identities import create_seal
from pdpo_audit.signing.signoffs.records import read_records
from pdpo_audit.signing.verification import verify_path
from pdpo_audit.workspace.report.signing_off import Said, answer
from pdpo_audit.workspace.review.invitations import invite
from pdpo_audit.workspace.setup.identities import KeyPlace
from tests.review.test_access import cluster, decided
from tests.review.test_browser import address, chromium, keep
from tests.review.test_second import NONE, state
from tests.review.test_signing import FINAL

__all__ = ["address", "chromium"]

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]

CASES = 20


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, as somebody does who has no mouse."""
    for _ in range(200):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by keyboard")


def entered(page: Page) -> None:
    """Press Enter and wait for the page to which it leads."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.fixture
def final(workspace: Workspace, tmp_path: Path) -> KeyPlace:
    """A workspace whose report is no draft, and the DPO's own key elsewhere."""
    state(workspace, NONE + FINAL)
    path = workspace.project.settings_path
    stated = '[audit]\nauthorised_by = "General Counsel"\npurpose = "review"\npia_reference = "P-1"\n\n[organisation]'
    path.write_text(path.read_text("utf-8").replace("[organisation]", stated, 1), "utf-8")
    (tmp_path / "secret").write_text("s3cret\n")
    (workspace.project.folder / "keys").mkdir(exist_ok=True)
    then = datetime.now(UTC) - timedelta(days=1)
    for file, name in (
        (workspace.project.folder / "keys" / "seal.p12", "Seal"), (tmp_path / "chan.p12", "Chan Tai Man"),
    ):  # fmt: skip
        made = create_seal(common_name=name, organisation="Harbour Light Agency Ltd", passphrase=b"s3cret", now=then)
        file.write_bytes(made)
    return KeyPlace(key=str(tmp_path / "chan.p12"), passphrase_file=tmp_path / "secret")


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_a_whole_review_by_keyboard(
    language: str, final: KeyPlace, chromium: Browser, workspace: Workspace, address: str, tmp_path: Path
) -> None:
    page = chromium.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True).new_page()
    with_clock = Workspace.open(workspace.project.folder)  # the server's time
    page.goto(invite(with_clock.project, "Chan Tai Man").link)
    tab_to(page, "main button")
    entered(page)
    page.goto(f"{address}/?lang={language}")
    keep(page, f"start-{language}")
    _compare(page, language)
    assert decided(workspace) == 0
    for _ in range(CASES):
        _decide_next(page)
    alone = decided(workspace)
    assert alone >= CASES
    _decide_group(page, language)
    assert decided(workspace) > alone
    with page.expect_navigation():
        page.keyboard.press("u")
    assert decided(workspace) == alone
    _sign_off(page, address, language)
    with_clock.project.passphrase_file = final.passphrase_file
    folder = with_clock.report().folder
    _sign(page, address, final, tmp_path, language)
    with_clock.close()
    assert verify_path(folder, now=datetime.now(UTC)).ok
    assert [(one.role.value, one.name) for one in read_records(folder)] == [("dpo", "Chan Tai Man")]


def _compare(page: Page, language: str) -> None:
    """Filter the queue, open the duplicate cluster, look at it in every way, see it as it is."""
    page.keyboard.press("q")
    page.wait_for_url("**/queue")
    tab_to(page, "select[name=rule]")
    page.keyboard.type("T-02")
    tab_to(page, "form.filters button")
    entered(page)
    keep(page, f"filtered-{language}")
    page.keyboard.press("j")
    entered(page)
    for key, view in (("2", "blink"), ("3", "slider"), ("4", "difference"), ("1", "side")):
        page.keyboard.press(key)
        page.wait_for_url(f"**view={view}*")
    page.keyboard.press("r")
    page.keyboard.type("compare the two")
    entered(page)
    page.wait_for_selector("img[src^='data:image/jpeg']")
    keep(page, f"revealed-{language}")


def _decide_next(page: Page) -> None:
    page.keyboard.press("q")
    page.wait_for_url("**/queue")
    page.keyboard.press("j")
    entered(page)
    page.keyboard.press("a")
    entered(page)
    page.wait_for_url("**decided=B-*")


def _decide_group(page: Page, language: str) -> None:
    page.keyboard.press("q")
    page.wait_for_url("**/queue")
    tab_to(page, "details.group summary")
    page.keyboard.press("Enter")
    tab_to(page, "details.group input[name=choice]")
    page.keyboard.press("Space")
    tab_to(page, "details.group form > button")
    entered(page)
    keep(page, f"preview-{language}")
    if page.locator("input[name=typed]").count():
        tab_to(page, "input[name=typed]")
        page.keyboard.type("".join(char for char in page.locator("p.problem").inner_text() if char.isdigit()))
    tab_to(page, "main form button")
    entered(page)
    page.wait_for_url("**/decided/*")


def _sign_off(page: Page, address: str, language: str) -> None:
    page.goto(f"{address}/sign")
    tab_to(page, "#sign input[name=decision]")
    page.keyboard.press("Space")
    tab_to(page, "#sign button")
    entered(page)
    page.wait_for_url("**/sign?said=1")
    keep(page, f"signed-off-{language}")


def _sign(page: Page, address: str, key: KeyPlace, tmp_path: Path, language: str) -> None:
    page.goto(f"{address}/sign")
    tab_to(page, "#request button")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    download.value.save_as(tmp_path / "request.zip")
    answered = answer(tmp_path / "request.zip", tmp_path / "answer.zip", key=key, said=Said(decision="agree"))
    page.set_input_files("#answer input[type=file]", answered.record)
    tab_to(page, "#answer button")
    entered(page)
    page.wait_for_url("**/sign?signed=1")
    keep(page, f"signed-{language}")


def test_a_picture_is_dropped(chromium: Browser, workspace: Workspace, address: str) -> None:
    page = chromium.new_context().new_page()
    now = Workspace.open(workspace.project.folder)
    page.goto(invite(now.project, "Chan Tai Man").link)
    now.close()
    page.click("main button")
    page.goto(f"{address}/find")
    data = (workspace.project.folder.parent / "studio" / "small.jpg").read_bytes()
    with page.expect_navigation():
        page.evaluate(
            """bytes => { const given = new DataTransfer();
            given.items.add(new File([new Uint8Array(bytes)], "dropped.jpg", { type: "image/jpeg" }));
            const dropped = new DragEvent("drop", { dataTransfer: given, cancelable: true });
            document.querySelector("form.drop").dispatchEvent(dropped); }""",
            list(data),
        )
    text = page.locator("main").inner_text()
    assert "original.png" in text and "small.jpg" in text and cluster(workspace)
