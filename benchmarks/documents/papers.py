"""Flat documents: cards and papers with one identity number, and pages full of other numbers."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFont

from benchmarks.documents import numbers

Draw = ImageDraw.ImageDraw
_CJK = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
_INKS = ((10, 10, 10), (30, 30, 60), (60, 20, 20), (45, 45, 45))


@cache
def font(kind: str, size: int) -> Any:
    """``sans``, ``serif``, ``mono`` (DejaVu) or ``cjk`` (Noto, Hong Kong forms)."""
    if kind == "cjk":
        return ImageFont.truetype(_CJK, size, index=4)
    names = {"sans": "DejaVu Sans", "serif": "DejaVu Serif", "mono": "DejaVu Sans Mono"}
    return ImageFont.truetype(font_manager.findfont(names[kind]), size)


def _sheet(dice: random.Random, width: int, height: int, pale: int = 200) -> tuple[Image.Image, Draw]:
    """A sheet with a faint pattern, as security paper has."""
    base = np.array([dice.randint(pale, 252) for _ in range(3)], np.float32)
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    waves = np.sin(across / dice.uniform(8, 40) + np.sin(down / dice.uniform(10, 50)) * 3) * dice.uniform(0, 9)
    picture = Image.fromarray(np.clip(base + waves[:, :, None], 0, 255).astype(np.uint8))
    return picture, ImageDraw.Draw(picture)


def _portrait(dice: random.Random, draw: Draw, box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    draw.rectangle(box, fill=(dice.randint(120, 220),) * 3)
    width = right - left
    draw.ellipse((left + width // 4, top + width // 5, right - width // 4, top + width), fill=(190, 150, 130))
    draw.pieslice((left, bottom - width // 2, right, bottom + width // 2), 180, 360, fill=(50, 60, 80))


def _english(dice: random.Random) -> str:
    family, given = numbers.name(dice)
    return f"{family}, {given.title()}"


def _chinese(dice: random.Random) -> str:
    return "".join(dice.choice("陳李黃何周海光文心安明玉山星樂子") for _ in range(3))


def hong_kong_card(dice: random.Random) -> Image.Image:
    """A card of 1012 x 638 as the one of 2018: the number at the lower right."""
    picture, draw = _sheet(dice, 1012, 638)
    ink = dice.choice(_INKS)
    draw.text((250, 30), "香港永久性居民身份證", font=font("cjk", 40), fill=ink)
    draw.text((250, 88), "HONG KONG PERMANENT IDENTITY CARD", font=font("sans", 26), fill=ink)
    _portrait(dice, draw, (40, 150, 300, 490))
    draw.text((340, 150), _chinese(dice), font=font("cjk", 40), fill=ink)
    draw.text((340, 210), _english(dice), font=font("sans", 34), fill=ink)
    day = f"{dice.randint(1, 28):02d}-{dice.randint(1, 12):02d}-{dice.randint(1950, 2005)}"
    draw.text((340, 300), f"出生日期 Date of Birth  {day}", font=font("cjk", 26), fill=ink)
    draw.text((340, 400), f"({dice.randint(1, 12):02d}-{dice.randint(10, 24)})  ***AZ", font=font("sans", 28), fill=ink)
    size = dice.randint(38, 50)
    draw.text((640, 545), numbers.hong_kong(dice), font=font(dice.choice(("sans", "cjk", "serif")), size), fill=ink)
    return picture


def mainland_card(dice: random.Random) -> Image.Image:
    """A card of 1012 x 638 with the 18 characters along its foot."""
    picture, draw = _sheet(dice, 1012, 638)
    ink = dice.choice(_INKS)
    rows = (f"姓名  {_chinese(dice)}", f"性别  {dice.choice('男女')}   民族  汉", "出生  1981 年 3 月 9 日",
            f"住址  {_chinese(dice)}市{_chinese(dice)}路{dice.randint(1, 900)}号")  # fmt: skip
    for place, row in enumerate(rows):
        draw.text((60, 60 + place * 95), row, font=font("cjk", 38), fill=ink)
    _portrait(dice, draw, (680, 70, 950, 430))
    draw.text((60, 530), "公民身份号码", font=font("cjk", 34), fill=ink)
    draw.text((340, 525), numbers.mainland(dice), font=font(dice.choice(("cjk", "mono", "sans")), 44), fill=ink)
    return picture


def _zoned(dice: random.Random, lines: Sequence[str], title: str, height: int) -> Image.Image:
    """A page with a portrait and its zone along the foot."""
    picture, draw = _sheet(dice, 1240, height)
    ink = dice.choice(_INKS)
    draw.text((420, 40), title, font=font("cjk", 40), fill=ink)
    _portrait(dice, draw, (50, 120, 350, 520))
    for place, row in enumerate((_english(dice), _chinese(dice), "14 MAR 1988", "HONG KONG 香港", "21 JUL 2029")):
        draw.text((420, 130 + place * 75), row, font=font("cjk", 34), fill=ink)
    size = round(1160 / len(lines[0]) / 0.602)
    step = round(size * 1.5)
    for place, line in enumerate(lines):
        foot = height - 40 - step * (len(lines) - place)
        draw.text((40, foot), line, font=font("mono", size), fill=ink)
    return picture


def passport(dice: random.Random) -> Image.Image:
    """The page of data of a passport."""
    return _zoned(dice, numbers.passport(dice), dice.choice(("PASSPORT 護照", "PASSPORT", "旅行證件")), 870)


def travel_card(dice: random.Random) -> Image.Image:
    """A card with three lines of 30."""
    return _zoned(dice, numbers.travel_card(dice), "IDENTITY CARD", 860)


def home_return_permit(dice: random.Random) -> Image.Image:
    """The back of a Home Return Permit."""
    return _zoned(dice, numbers.home_return_permit(dice), "港澳居民來往內地通行證", 860)


def _page(dice: random.Random, title: str, rows: Sequence[str], size: int = 30) -> Image.Image:
    picture, draw = _sheet(dice, 1240, 1600, pale=243)
    draw.text((100, 80), title, font=font("cjk", 46), fill=(10, 10, 10))
    for place, row in enumerate(rows):
        draw.text((100, 190 + place * round(size * 1.9)), row, font=font("cjk", size), fill=(20, 20, 20))
    return picture


def payslip(dice: random.Random) -> Image.Image:
    """With the number of an identity card in one line."""
    pay = dice.randint(15000, 60000)
    rows = [f"Employee 僱員  {_english(dice)}  {_chinese(dice)}", f"HKID No. 身份證號碼  {numbers.hong_kong(dice)}",
            "Pay period 支薪期  01/03/2026 - 31/03/2026", f"Basic salary 底薪  HK${pay:,}.00",
            f"Overtime allowance 津貼  HK${dice.randint(100, 4000):,}.00", "MPF deduction 強積金扣款  HK$1,500.00",
            f"Net pay 實發薪金  HK${pay - 1500:,}.00"]  # fmt: skip
    return _page(dice, "PAYSLIP 糧單", rows)


def medical_letter(dice: random.Random) -> Image.Image:
    """A sick leave certificate with the number in one line."""
    rows = [f"Patient 病人  {_english(dice)}  {_chinese(dice)}", f"I.D. No.: {numbers.hong_kong(dice)}",
            f"Diagnosis 診斷  {dice.choice(('influenza', 'back pain', 'gastritis', '上呼吸道感染'))}",
            f"Sick leave 病假  {dice.randint(1, 5)} days 日", "Attending doctor 主診醫生", "Tel 2345 6789"]  # fmt: skip
    return _page(dice, "HARBOUR CLINIC 海港診所", rows)


#: Whatever carries a number that check digits tell.
NUMBERED: Mapping[str, Callable[[random.Random], Image.Image]] = {
    "hkid": hong_kong_card,
    "mainland_id": mainland_card,
    "passport": passport,
    "travel_card": travel_card,
    "home_return_permit": home_return_permit,
    "payslip": payslip,
    "medical": medical_letter,
}
