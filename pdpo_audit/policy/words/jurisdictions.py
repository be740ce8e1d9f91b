"""Jurisdictions: codes of ISO 3166, and the words by which people in Hong Kong call the places."""

from __future__ import annotations

import re
from difflib import get_close_matches

#: ISO 3166-1 alpha-2, as the time zone database (2024) lists it.
_TABLE = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO
FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE
JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW
PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM
TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
_CODES = frozenset(_TABLE.split())
#: ISO 3166-2: a part of a country.
_PART = re.compile(r"([A-Z]{2})-[A-Z0-9]{1,3}")

#: What people write, in small letters without spaces and points; the code names itself.
_WORDS = {
    "HK": "hongkong hksar hongkongsar 香港 中國香港 中国香港 香港特別行政區 香港特别行政区",
    "CN": "china mainland mainlandchina chinamainland prc 中國 中国 內地 内地 中國內地 中国内地",
    "CN-GD": "guangdong gd 廣東 广东 廣東省 广东省 shenzhen 深圳 guangzhou 廣州 广州",
    "CN-SH": "shanghai 上海",
    "CN-BJ": "beijing peking 北京",
    "MO": "macau macao macausar macaosar 澳門 澳门",
    "TW": "taiwan 台灣 臺灣 台湾",
    "SG": "singapore 新加坡",
    "GB": "uk unitedkingdom greatbritain britain england scotland wales 英國 英国",
    "US": "usa unitedstates unitedstatesofamerica america 美國 美国",
    "JP": "japan 日本",
    "KR": "korea southkorea republicofkorea 韓國 韩国 南韓",
    "AU": "australia 澳洲 澳大利亞 澳大利亚",
    "NZ": "newzealand 新西蘭 新西兰 紐西蘭",
    "CA": "canada 加拿大",
    "TH": "thailand 泰國 泰国",
    "MY": "malaysia 馬來西亞 马来西亚",
    "PH": "philippines thephilippines 菲律賓 菲律宾",
    "ID": "indonesia 印尼",
    "VN": "vietnam 越南",
    "IN": "india 印度",
    "DE": "germany 德國 德国",
    "FR": "france 法國 法国",
    "IE": "ireland 愛爾蘭 爱尔兰",
    "NL": "netherlands thenetherlands holland 荷蘭 荷兰",
    "CH": "switzerland 瑞士",
    "AE": "uae unitedarabemirates dubai 阿聯酋 阿联酋",
}
_SPOKEN = {word: code for code, words in _WORDS.items() for word in words.split()}


def jurisdiction_code(said: str) -> str:
    """The code of a place that is named by its code or by a word; empty where nothing is said.

    Raises ``ValueError`` for what names no place, with what may have been meant.
    """
    text = said.strip()
    code = text.upper().replace("_", "-")
    part = _PART.fullmatch(code)
    if not text or code in _CODES or (part and part[1] in _CODES):
        return code
    word = re.sub(r"[\s.,()'’-]+", "", text.casefold())
    if word in _SPOKEN or word.upper() in _CODES:
        return _SPOKEN.get(word, word.upper())
    meant = get_close_matches(word, _SPOKEN, n=1)
    close = "; it is a code of ISO 3166 such as HK, CN, CN-GD, MO, SG, GB, US, or its name"
    if meant:
        close = f"; did you mean {_SPOKEN[meant[0]]} ({meant[0]})?"
    raise ValueError(f'"{text[:60]}" is no jurisdiction{close}')
