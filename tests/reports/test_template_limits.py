"""A template that never ends, or is wrong in any way, is a mistake in the settings with its line, and never a hang."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import pytest
from jinja2 import DictLoader, StrictUndefined, Template

from pdpo_audit.errors import SettingsError
from pdpo_audit.reports.rendering.limits import render_within
from pdpo_audit.reports.rendering.sandbox import Sandbox

LOOPS = "".join(f"{{% for {one} in rows %}}" for one in "abcd") + "{}" + "{% endfor %}" * 4


def template(text: str) -> Template:
    loader = DictLoader({"report.html.j2": text})
    return Sandbox(loader=loader, autoescape=True, undefined=StrictUndefined).get_template("report.html.j2")


def test_loops_without_an_end_are_ended() -> None:
    started = time.monotonic()
    with pytest.raises(SettingsError, match="longer than 1 seconds"):
        render_within(template(LOOPS.replace("{}", "")), {"rows": range(10_000)}, patience=1)
    assert time.monotonic() - started < 30


def test_text_without_an_end_is_cut_off() -> None:
    with pytest.raises(SettingsError, match="more than 1,000,000 characters"):
        render_within(template(LOOPS.replace("{}", "x" * 100)), {"rows": range(10_000)}, longest=1_000_000)


DOUBLED = "{% set n = namespace(x=START) %}{% for i in range(60) %}{% set n.x = AGAIN %}{% endfor %}"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems bound no program's memory")
@pytest.mark.parametrize(
    ("start", "again"),
    [
        ("'x'", "n.x ~ n.x"),
        ("'x'", "n.x + n.x"),
        ("[1]", "n.x + n.x"),
        ("'x'", "[n.x, n.x]|join"),
        ("'x'", "n.x|replace('x', 'xx')"),
        ("'x'", "'%s%s'|format(n.x, n.x)"),
        ("'x'", "'x'|center(2000000000 * (i + 1))"),
        ("'x'", "'%2000000000d' % i"),
    ],
)
def test_memory_ends_before_the_machines(start: str, again: str) -> None:
    grown = template(DOUBLED.replace("START", start).replace("AGAIN", again))
    with pytest.raises(SettingsError, match=r"takes more memory than any report|too large|OverflowError"):
        render_within(grown, {}, memory=200 << 20)
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY
    assert render_within(template("{{ 'x' * 9 }}"), {}) == "x" * 9


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n{{ 1 / 0 }}", ":2: ZeroDivisionError"),
        ("{{ missing }}", "is undefined"),
        ("{% for a in range(10 ** 9) %}{% endfor %}", "OverflowError"),
        ("{{ 9 ** 9 ** 9 }}", "too large"),
        ("{{ 'x' * 10 ** 9 }}", "too often"),
        ("{{ 10 ** 12 * 10 ** 12 }}", "too large"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "RecursionError"),
        ("{{ rows + 'x' }}", "TypeError"),
        ("{{ rows.__class__.__mro__ }}", "unsafe"),
    ],
)
def test_every_mistake_is_the_templates_and_has_its_line(text: str, said: str) -> None:
    with pytest.raises(SettingsError, match="report template is wrong|" + said) as raised:
        render_within(template(text), {"rows": [1]}, patience=60)
    assert said in raised.value.message


def test_a_right_template_is_filled(tmp_path: Path) -> None:
    assert render_within(template("{{ 2 ** 10 }} {{ 3 * 4 }} {{ '-' * 3 }}"), {}) == "1024 12 ---"
