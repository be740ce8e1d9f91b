"""What made pages say, in English and Chinese: names, amounts, dates and sentences of nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

_ENGLISH = (
    "account address agreed annual applicant approved archive balance branch building card certificate claim "
    "client committee consent contract copy council date deposit district document due employee enquiry expiry "
    "family fee file fund group holder hospital income issued item ledger licence local member minutes month "
    "notice number office officer order owner paid parcel payment pension period person policy project purpose "
    "rate receipt record reference region release rent request returned school section service signed staff "
    "statement street summary supply tax tenant terms total transfer unit valid value visit voucher ward water "
    "week will work year "
)
_SURNAMES = "Au Chan Cheung Chow Fong Ho Kwok Lam Lau Lee Leung Lo Ma Ng Poon Siu Tam Tang To Tsang Wong Yip Yu"
_GIVEN = "Ka Wing Tai Man Siu Ming Hoi Yan Wai Lok Chi Kit Mei Ling Pui Shan Tsz Hin Yuk Fai Sze Ching"
_CHINESE = (
    "本人同意申請表格所載資料只作辦理有關手續之用並授權公司向政府部門查詢如有更改請於七日內以書面通知辦事處截止日期前遞交"
    "文件正本及副本費用包括管理費差餉地租水電煤氣全數繳付逾期附加收百分之五員工薪金假期保險醫療教育房屋交通津貼銀行戶口"
    "號碼姓名地址電話簽署見證生效大廈街道新界九龍香港島會議紀錄主席秘書委員出席決議通過下次時間地點上午下午星期未末土士"
)
_ZH_SURNAMES = "陳李張黃何林鄭梁羅劉馮鄧葉曾郭蘇余"
_ZH_GIVEN = "大文支家明偉強志玉美珍慧敏俊傑詩雅子晴樂怡浩然天佑國榮淑儀"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language of the pages with the type (path, or path#face) for running text and headings."""

    chinese: bool
    body: str
    heading: str


def term(draw: Random, words: Language, count: int) -> str:
    """A label of so many words."""
    if words.chinese:
        start = draw.randrange(len(_CHINESE) - 6)
        return _CHINESE[start : start + 1 + 2 * count]
    return " ".join(draw.choice(_ENGLISH.split()) for _ in range(count)).title()


def name(draw: Random, words: Language) -> str:
    """Somebody's name."""
    if words.chinese:
        return draw.choice(_ZH_SURNAMES) + "".join(draw.choice(_ZH_GIVEN) for _ in range(2))
    return f"{draw.choice(_SURNAMES.split())} {draw.choice(_GIVEN.split())} {draw.choice(_GIVEN.split())}"


def number(draw: Random, digits: int) -> str:
    """A number of an account, a card, a file."""
    return "".join(draw.choice("0123456789") for _ in range(digits))


def amount(draw: Random) -> str:
    """A sum of money."""
    return f"{draw.randint(1_000, 9_999_999):,}.{draw.randint(0, 9)}0"


def date(draw: Random) -> str:
    """A day."""
    return f"{draw.randint(1, 28):02d}/{draw.randint(1, 12):02d}/{draw.randint(1990, 2026)}"


def sentence(draw: Random, words: Language, fits: Callable[[str], bool]) -> str:
    """A line of running text that fits."""
    line = draw.choice(_CHINESE) if words.chinese else draw.choice(_ENGLISH.split()).capitalize()
    while True:
        longer = line + (draw.choice(_CHINESE) if words.chinese else " " + draw.choice(_ENGLISH.split()))
        if draw.random() < 0.04:
            longer += "，" if words.chinese else ","
        if not fits(longer):
            return line
        line = longer


def other_character(draw: Random, old: str) -> str:
    """A character of the same sort that is another one."""
    for sort in ("0123456789", "abcdeghknopqrsuvxyz", "ABCDEFGHKLMNOPRSTUVWXYZ", _CHINESE + _ZH_GIVEN):
        if old in sort:
            return draw.choice([one for one in sort if one != old])
    return old
