"""Pages with something in them, looked at as people with and without good eyes see them: axe, and telephones."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from starlette.routing import Route

from pdpo_audit import Workspace
from pdpo_audit.model.disposition.acts import DisposalAct
from pdpo_audit.review.application import ROUTES
from pdpo_audit.workspace.acts.plans.planning import keep as keep_plan
from pdpo_audit.workspace.acts.plans.planning import prepare
from pdpo_audit.workspace.acts.plans.selecting import Wanted
from tests.policy.packs_of_ours import rule, write_pack
from tests.review.conftest import Visitor
from tests.review.test_access import cluster
from tests.review.test_browser import WCAG, address, chromium, keep, opened, press
from tests.review.test_second import SECOND, state

__all__ = ["address", "chromium"]

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]


@pytest.fixture
def batch(workspace: Workspace, join: Callable[[str], Visitor]) -> str:
    """A workspace in which somebody has decided, asked and passed on, and with questions; the name of a decision."""
    state(workspace, SECOND.replace('["reviewer"]', '["reviewer", "legal"]'))
    period = "{keep_no_longer_than: P90D, counted_from: campaign.ended_on}"
    due = "{keep_no_longer_than: P90D, counted_from: record.purpose_ended_on}"
    recorded = "{record.purpose is: recorded}"
    write_pack(
        workspace.project.folder / "rules", rule("T-01", recorded), rule("T-02", "{duplicate.copies is at least: 2}"),
        rule("T-03", "{record.purpose is: campaign production}", due), rule("T-04", recorded, period),
    )  # fmt: skip
    workspace.assess()
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    done = visitor.submit(f"/case/{key}/decide", choice="disagree", reason="goes on", **visitor.case(key))
    return str(done.url.path.rpartition("/")[2])


def violations(page: Page, where: str) -> list[str]:
    """What axe finds on the page that is open."""
    found = Axe().run(page, options=WCAG)
    return [
        f"{where}: {one['id']}: {node['html'][:160]}" for one in found.response["violations"] for node in one["nodes"]
    ]


def planned(workspace: Workspace) -> str:
    """A plan of disposition of two copies."""
    wanted = Wanted(places=("small.jpg", "original.png"), act=DisposalAct.KEEP, reason="a claim", until="2027-06-30")
    header, drafted = prepare(workspace.project, wanted, "", "0" * 64)
    keep_plan(workspace.project, header, drafted.items)
    return header.plan_id


#: Each language and each scheme once; `EVERY_LOOK=1` tries all four together.
LOOKS = [("en", "light"), ("zh-Hant", "dark")]
if os.environ.get("EVERY_LOOK"):
    LOOKS += [("en", "dark"), ("zh-Hant", "light")]


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_pages_with_something_in_them_are_accessible(
    scheme: str, language: str, batch: str, chromium: Browser, workspace: Workspace, address: str
) -> None:
    page, wrong = opened(chromium, workspace, "Wong Second", color_scheme=scheme), []
    key = cluster(workspace)

    tried = set[str]()

    def look(path: str, name: str, page: Page = page) -> None:
        if path:
            page.goto(address + path)
        tried.add(urlsplit(page.url).path)
        wrong.extend(violations(page, f"{name} {path}"))
        keep(page, f"{name}-{language}-{scheme}")
        page.set_viewport_size({"width": 390, "height": 844})
        keep(page, f"{name}-{language}-{scheme}-390")
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wrong.append(f"{name}: wider than a telephone")
        page.set_viewport_size({"width": 1280, "height": 900})

    look(f"/join?lang={language}", "join")
    look(f"/?lang={language}", "start-due")
    for path in (
        "/queue?show=copies",
        "/batch",
        "/changes",
        "/periods",
        "/find",
        "/sign",
        "/nothing",
        "/queue?rule=none",
        f"/case/{key}?view=slider&all=1",
        f"/case/{key}?view=difference",
        "/keepers",
        "/plans",
        f"/plans/{planned(workspace)}",
    ):
        look(path, re.sub(r"\W+", "-", path.strip("/").replace(key, "key")))
    look(f"/decided/{batch}", "decided")
    look("/samples", "samples")
    look("/questions", "questions")
    assert page.locator("form.question").count() > 0
    look("/second", "second")
    number = re.findall(r"/second/\d+", page.content())[0]
    look(number, "second-case")
    page.check("input[name=choice][value=agree]")
    press(page, "#decide > button")
    look("", "second-compared")
    look(f"/sign/batch/{batch}", "sign-batch")
    look("/keepers?source=studio", "keepers")
    page.fill("input[name=reason]", "delivery folder")
    if page.locator("#keep").count():
        press(page, "#keep button")
        look("", "keepers-done")
    look(f"/case/{key}", "case-kept")
    page.goto(f"{address}/queue?rule=T-01")
    page.click("summary >> nth=0")
    page.fill(".saved input[name=name]", "mine")
    press(page, ".saved details button")
    look("", "queue-saved")
    page.goto(f"{address}/find")
    page.set_input_files("#file", workspace.project.folder.parent / "studio" / "small.jpg")
    press(page, "#find button")
    look("", "found")
    admin = opened(chromium, workspace, "Ada Lam", color_scheme=scheme)
    look(f"/people?lang={language}", "people", admin)
    assert wrong == []
    assert [one.path for one in shown_pages() if not any(one.path_regex.match(path) for path in tried)] == []


def shown_pages() -> list[Route]:
    """Every address of the application that shows a page: no picture, no calendar, no API, no way to elsewhere."""
    elsewhere = (
        "/next",
        "/copy",
        "/identity",
        "/identity/enter",
        "/identity/back",
        "/picture/{content:int}",
        "/calendar/{token}.ics",
    )
    routes = [one for one in ROUTES if isinstance(one, Route) and "GET" in (one.methods or ())]
    return [one for one in routes if one.path not in elsewhere and not one.path.startswith("/api")]
