"""Taking a batch in a real browser, by keyboard; the page of one's batch is accessible and fits a telephone."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from pdpo_audit import Workspace
from tests.review.test_access import decided
from tests.review.test_browser import WCAG, address, chromium, keep, opened

__all__ = ["address", "chromium"]

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh-Hant", "dark")])
def test_a_batch_is_taken_and_worked_off(
    language: str, scheme: str, chromium: Browser, workspace: Workspace, address: str
) -> None:
    page = opened(chromium, workspace, color_scheme=scheme)
    page.goto(f"{address}/batch?lang={language}")
    page.goto(f"{address}/queue?source=archive&status=open")
    page.locator("#take").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/batch")
    keep(page, f"batch-{language}")
    wrong = [
        f"{one['id']}: {node['html'][:160]}"
        for one in Axe().run(page, options=WCAG).response["violations"]
        for node in one["nodes"]
    ]
    assert wrong == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    keep(page, f"batch-narrow-{language}")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.click("main a.button[href^='/case/']")
    page.wait_for_url("**/case/*")
    page.keyboard.press("a")
    page.click("#decide button")
    page.wait_for_url("**/case/*decided=B-*")  # the next case of the batch
    page.click("#agree-on")
    page.wait_for_url("**/decided/*")
    assert decided(workspace) >= 2
    page.click("#go-on")
    page.wait_for_url("**/batch")
    keep(page, f"batch-done-{language}")
