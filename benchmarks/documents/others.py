"""Pages full of numbers that are no identity numbers: what must not be flagged."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from PIL import Image

from benchmarks.documents.papers import _chinese, _english, _page


def timetable(dice: random.Random) -> Image.Image:
    """Departures of a bus."""
    rows = [
        "  ".join(f"{hour:02d}:{dice.randrange(60):02d}" for _ in range(8))
        + f"  {dice.choice('ABCK')}{dice.randint(1, 99)}"
        for hour in range(6, 24)
    ]
    return _page(dice, f"時間表 Timetable {dice.choice('ABKX')}{dice.randint(1, 99)}", rows)


def invoice(dice: random.Random) -> Image.Image:
    """References, account numbers, sums; random strings of the shape of an identity number, without its check digit."""
    rows = [f"Invoice No. INV{dice.randrange(10**8):08d}", f"Order {dice.choice('ABCDEK')}{dice.randrange(10**6):06d}",
            f"Part {dice.choice('ABCDEK')}{dice.randrange(10**6):06d}-{dice.randrange(10)}",
            f"Account 帳號 {dice.randrange(10**3):03d}-{dice.randrange(10**6):06d}-{dice.randrange(10**3):03d}",
            f"Serial {dice.randrange(10**18):018d}", f"Tracking {dice.randrange(10**18):018d}",
            f"Card **** **** **** {dice.randrange(10**4):04d}", f"Tel (852) {dice.randrange(10**8):08d}"]  # fmt: skip
    rows += [
        f"{dice.randint(1, 40)} x {dice.choice('ABCDEFK')}{dice.randrange(10**7):07d}   HK${dice.randrange(10**5):,}.00"
        for _ in range(14)
    ]
    return _page(dice, "INVOICE 發票", rows)


def advert(dice: random.Random) -> Image.Image:
    """A job advert with telephone numbers and salaries."""
    rows = ["Salary 薪金 HK$18,000 - 25,000", "MPF and allowance 強積金及津貼", "Education: F.5 學歷",
            "Two years of work experience 工作經驗", f"WhatsApp {dice.randrange(10**8):08d}",
            f"Ref. {dice.choice('ABCK')}{dice.randrange(10**5):05d}({dice.randrange(10)})",
            f"Licence No. C-{dice.randrange(10**6):06d}", f"Contact {_english(dice)} {_chinese(dice)}",
            f"EMPF{dice.randrange(10**12):012d}"]  # fmt: skip
    return _page(dice, "誠聘 WE ARE HIRING", rows)


def text_page(dice: random.Random) -> Image.Image:
    """Prose with dates and figures."""
    words = "the of report data image archive purpose consent 香港 資料 保留 期限 each copy master store"
    rows = [
        " ".join(dice.choice(words.split()) for _ in range(8))
        + f" {dice.randint(1, 31)}.{dice.randint(1, 12)}.{dice.randint(1990, 2026)}"
        f" {dice.randrange(10 ** dice.randint(2, 9))}"
        for _ in range(22)
    ]
    return _page(dice, f"Report {dice.randint(1, 99)}/{dice.randint(2000, 2026)}", rows, size=28)


def blank_form(dice: random.Random) -> Image.Image:
    """A form that asks for a number and holds none."""
    rows = ["Name of applicant 申請人姓名  ________", "HKID No. 香港身份證號碼  _ _ _ _ _ _ _ ( _ )",
            "Date of birth 出生日期  __/__/____", f"Form {dice.choice('ABCD')}{dice.randrange(10**4)} (rev. 3/2026)",
            "Salary 薪金  HK$ ________", "Declaration 聲明", "For office use only 只供內部使用"]  # fmt: skip
    return _page(dice, "APPLICATION FORM 申請表", rows)


#: By name.
OTHERS: Mapping[str, Callable[[random.Random], Image.Image]] = {
    "timetable": timetable,
    "invoice": invoice,
    "advert": advert,
    "text_page": text_page,
    "blank_form": blank_form,
}
