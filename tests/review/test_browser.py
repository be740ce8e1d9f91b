"""The pages in a real browser: by keyboard alone, in both languages, accessible, and closed to other sites."""

from __future__ import annotations

import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

from pdpo_audit import Workspace
from pdpo_audit.workspace.review.invitations import invite
from tests.review.test_access import cluster, decided

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--host-resolver-rules=MAP rebind.test 127.0.0.1"],
        )
        yield browser
        browser.close()


@pytest.fixture
def address(workspace: Workspace) -> Iterator[str]:
    """The pages as somebody serves them."""
    command = [
        sys.executable,
        "-m",
        "pdpo_audit",
        "review",
        "serve",
        "--quiet",
        "--workspace",
        str(workspace.project.folder),
    ]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PDPO_AUDIT_")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            yield line.partition("/join")[0]
        finally:
            server.terminate()


def opened(chromium: Browser, workspace: Workspace, name: str = "Chan Tai Man", **context: object) -> Page:
    """A browser of somebody who opened their personal link."""
    page = chromium.new_context(viewport={"width": 1280, "height": 900}, **context).new_page()  # type: ignore[arg-type]
    now = Workspace.open(workspace.project.folder)  # with the server's time, not the test's
    page.goto(invite(now.project, name).link)
    now.close()
    page.click("main button")
    page.wait_for_url("**/")
    return page


def press(page: Page, button: str) -> None:
    """Press what leads to another page, and wait until that one stands there with its style sheet."""
    with page.expect_navigation():
        page.click(button)


def keep(page: Page, name: str) -> None:
    """A screenshot as an artefact, where somebody asks for them."""
    if folder := os.environ.get("PDPO_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_a_review_by_keyboard_alone(language: str, chromium: Browser, workspace: Workspace, address: str) -> None:
    page = opened(chromium, workspace)
    page.goto(f"{address}/?lang={language}")
    page.keyboard.press("?")
    assert page.locator("dialog#legend").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("q")
    page.wait_for_url("**/queue")
    keep(page, f"queue-{language}")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.className") == "open"
    page.goto(f"{address}/case/{cluster(workspace)}")
    first = page.url
    page.keyboard.press("j")
    page.wait_for_url("**copy=*")
    page.keyboard.press("4")
    page.wait_for_url("**view=difference*")
    keep(page, f"case-{language}")
    page.keyboard.press("a")
    assert page.locator("input[name=choice][value=agree]").is_checked()
    page.locator("#case-reason").focus()
    page.keyboard.type("q u ? are letters here")
    assert page.locator("#case-reason").input_value() == "q u ? are letters here"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**decided=B-*")
    assert decided(workspace) == 6 and cluster(workspace) not in urlsplit(page.url).path
    keep(page, f"decided-{language}")
    page.keyboard.press("u")
    page.wait_for_url("**/undo")
    assert decided(workspace) == 0
    page.keyboard.press("n")
    page.wait_for_url(f"**/case/{cluster(workspace)}")
    assert first.startswith(address)


def test_a_master_is_moved_and_the_rest_agreed_to_with_four_keys(
    chromium: Browser, workspace: Workspace, address: str
) -> None:
    page, key = opened(chromium, workspace), cluster(workspace)
    page.goto(f"{address}/case/{key}")
    ticked = page.locator("#ticked").inner_text()
    assert "T-01 × 3" in ticked and "T-02 × 3" in ticked
    page.locator("details.rule summary").first.click()
    page.locator("input[name=finding]").first.uncheck()
    assert "T-01 × 2" in page.locator("#ticked").inner_text()
    page.goto(f"{address}/case/{key}")
    wanted = page.locator("tr.chosen bdi").inner_text()
    for pressed in ("m", "a"):
        page.keyboard.press(pressed)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_url("**decided=B-*")
    assert [one.kind for one in workspace.judgements()] == ["master"] and decided(workspace) == 6
    page.goto(f"{address}/case/{key}")
    assert wanted in page.locator("table.copies tr", has_text="Master from the next run on").inner_text()


def test_keys_can_be_switched_off(chromium: Browser, workspace: Workspace, address: str) -> None:
    page = opened(chromium, workspace)
    page.keyboard.press("?")
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    page.keyboard.press("q")
    page.wait_for_timeout(300)
    assert urlsplit(page.url).path == "/"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/queue",
        "/queue?show=copies",
        "/case/KEY",
        "/case/KEY?view=slider",
        "/second",
        "/sign",
        "/find",
        "/keepers?source=studio",
    ],
)
def test_nothing_is_wider_than_a_telephone(path: str, chromium: Browser, workspace: Workspace, address: str) -> None:
    page = opened(chromium, workspace)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address + path.replace("KEY", cluster(workspace)))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_rebound_name_is_refused(chromium: Browser, workspace: Workspace, address: str) -> None:
    page = opened(chromium, workspace)
    answer = page.goto(address.replace("127.0.0.1", "rebind.test") + "/queue")
    assert answer is not None and answer.status == 400


def test_another_site_cannot_decide(chromium: Browser, workspace: Workspace, address: str, tmp_path: Path) -> None:
    page, key = opened(chromium, workspace), cluster(workspace)
    page.goto(f"{address}/case/{key}")
    form = page.locator("#decide").evaluate(
        "form => new URLSearchParams(new FormData(form)).toString() + '&choice=agree'"
    )
    inputs = "".join(
        f'<input name="{name}" value="{value}">' for name, value in (pair.split("=", 1) for pair in form.split("&"))
    )
    (tmp_path / "evil").mkdir()
    (tmp_path / "evil" / "index.html").write_text(
        f'<form method="post" action="{address}/case/{key}/decide">{inputs}</form>'
        "<script>document.forms[0].submit()</script>"
    )
    handler = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), lambda *given: handler(*given, directory=str(tmp_path / "evil"))
    ) as evil:
        threading.Thread(target=evil.serve_forever, daemon=True).start()
        with page.expect_response(re.compile("/decide$")) as answered:
            page.goto(f"http://localhost:{evil.server_port}/", wait_until="commit")
        assert answered.value.status in (401, 403)
        evil.shutdown()
    assert decided(workspace) == 0


def test_a_hostile_caption_runs_nothing(chromium: Browser, workspace: Workspace, address: str) -> None:
    page = opened(chromium, workspace)
    ran: list[str] = []

    def note(dialog: Dialog) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    findings = workspace.table("findings")
    key = findings[findings["path"].str.contains("onerror")].iloc[0].finding_id
    for path in ("/queue?status=", f"/case/{key}?all=1"):
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
    inline = page.evaluate("() => { const s = document.createElement('script'); s.text = 'window.ran = 1';"
                           " document.body.append(s); return window.ran === undefined }")  # fmt: skip
    assert ran == [] and inline


def test_faces_stay_covered_until_a_reason_is_logged(chromium: Browser, workspace: Workspace, address: str) -> None:
    page, key = opened(chromium, workspace), cluster(workspace)
    page.goto(f"{address}/case/{key}")
    assert page.locator("img[src^='data:']").count() == 0
    page.keyboard.press("r")
    page.keyboard.type("is this the same person")
    page.keyboard.press("Enter")
    page.wait_for_selector("img[src^='data:image/jpeg']")
    told = [one.event.details for one in workspace.project.store.events() if one.event.kind == "picture shown clear"]
    assert {one["by"] for one in told} == {"Chan Tai Man"}
    assert {one["reason"] for one in told} == {"is this the same person"}
