"""Signing in at a provider in a real browser: what strict cookies do when another site sends the browser back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from pdpo_audit import Workspace
from tests.review.test_browser import address, chromium, keep
from tests.review.test_identity import SECRET, issuer, state

__all__ = ["address", "chromium", "issuer"]

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]


@pytest.fixture
def identified(workspace: Workspace, issuer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the server starts."""
    monkeypatch.setenv("CLIENT_SECRET", SECRET)
    state(workspace, f'identity = "oidc:{issuer}"\nidentity_secret = "env:CLIENT_SECRET"')


def test_somebody_signs_in_at_a_provider(identified: None, chromium: Browser, address: str) -> None:
    page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{address}/join?lang=en")
    keep(page, "join-en")
    page.click("text=Sign in with your organisation")
    page.wait_for_selector("input[name=sub]")
    page.fill("input[name=sub]", "chan")
    page.click("button:has-text('Authorize')")
    page.wait_for_url(f"{address}/")
    assert page.locator(".person").inner_text().startswith("Chan Tai Man")
    page.goto(f"{address}/queue")
    assert page.locator("table.queue tbody tr").count() > 3
    assert re.search("pdpo_session", str(page.context.cookies())) and page.evaluate("document.cookie") == ""
