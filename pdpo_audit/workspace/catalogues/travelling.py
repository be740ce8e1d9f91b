"""What is in a shard, in words: for whoever has to agree before it travels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: What the rows of each table are, in English and in Chinese; and the same where places are masked, if that is another.
_KINDS: Mapping[str, tuple[str, ...]] = {
    "contents": (
        "digests (SHA-256), format, size in pixels, and what the files' metadata says: dates, camera, creator, rights,"
        " captions, keywords, names of persons, whether a position is recorded (never the position)",
        "檔案摘要值、格式、尺寸及中繼資料（日期、相機、作者、權利、說明、關鍵字、人名、是否載有位置）",
        "digests (SHA-256), format, size in pixels, dates, codes of releases; no text that people wrote",
        "檔案摘要值、格式、尺寸、日期及授權代碼；不含任何人所寫文字",
    ),
    "fingerprints": (
        "numbers by which equal and similar pictures are found (256 signs of brightness, parts of shapes, pieces of"
        " lines of writing as hashes). No picture can be restored from them; a blur of 16 x 16 fields can be guessed",
        "用以尋找相同或相近圖像的數值指紋；不能還原圖像，惟可推測十六乘十六格的模糊輪廓",
    ),
    "folders": (
        "names of folders",
        "資料夾名稱",
        "codes instead of folder names; the key stays at the site",
        "以代碼代替資料夾名稱；金鑰留於原場所",
    ),
    "holdings": (
        "one line for each copy: folder, file name, size, times, why it was not examined, what sidecar files say",
        "每份複本的位置、檔名、大小、時間、未能檢視的原因及附屬檔案內容",
        "one line for each copy: codes of its place, ending of its name, size, times",
        "每份複本的位置代碼、副檔名、大小及時間",
    ),
    "passed_over": (
        "places that were seen and are no files",
        "所見而非檔案的項目",
        "codes of such places",
        "所見項目的代碼",
    ),
    "pairs": (
        "which two pictures of this site show the same, and what was measured of them",
        "同一場所內圖像的比對結果",
    ),
    "elections": ("which of several copies is the source of the others", "何者為其他複本的來源"),
    "face_readings": (
        "how many faces a picture shows and how tall the largest is; not where, and no face",
        "每幅圖像所示臉孔的數目及最大者的高度；不含位置及臉部影像",
    ),
    "levels": (
        "how recognisable people are in a picture (P0 to P3), with the reason, and flags such as a minor's age",
        "人物可辨程度（P0 至 P3）、理由及敏感標記",
        "how recognisable people are in a picture (P0 to P3), and flags such as a minor's age; no reason",
        "人物可辨程度（P0 至 P3）及敏感標記；不含理由",
    ),
}
_NOT_IN_IT = (
    "No picture, no thumbnail, no face, no template of a face, no box of a face.",
    "No number or text that was read in a picture, no key, no password, no address of a source.",
    "不含圖像、縮圖、臉部影像或臉部特徵，亦不含圖像內的文字或號碼、金鑰、密碼及來源地址。",
)


def listing(record: Mapping[str, Any]) -> str:
    """The list of what a shard holds, by its record."""
    part, masked = record["part"], bool(record["masked"])
    lines = [
        "WHAT TRAVELS IN THIS SHARD   本分片所載內容",
        "",
        f"Organisation 機構: {record['organisation'] or '(not stated)'}",
        f"Part 部分: {part['number']} of {part['of']}",
        f"Sealed 封存時間: {record['sealed_at']}" + (" (throw-away key)" if record["throw_away_seal"] else ""),
        f"Program 程式: pdpo-audit {record['program']}, {record['method']}",
        f"Places 位置: {'codes (masked) 以代碼遮蔽' if masked else 'as they are named 原名'}",
        "",
        "Where the copies lie 複本所在:",
        *(f"  {_source(one)}" for one in record["sources"]),
        "",
        "What is in it 內容:",
    ]
    for name, words in _KINDS.items():
        english, chinese = words[-2:] if masked else words[:2]
        lines += [f"  {record['rows'].get(name, 0):>12,}  {english}", f"{'':16}{chinese}"]
    lines += ["", "What is not in it 不含:", *(f"  {one}" for one in _NOT_IN_IT), ""]
    lines += [
        "Digests tell whoever has the same file that it lies here too. File names, captions and names of persons can",
        "be personal data; so can a fingerprint of a picture that somebody else has.",
        "Whether this may leave its place, and on which basis, is for the responsible person and counsel to say.",
        "本分片可否移離所在地及其依據，由負責人及法律顧問決定。",
        "",
    ]
    return "\n".join(lines)


def _source(one: Mapping[str, Any]) -> str:
    facts = [one["jurisdiction"], one["city"], one["owner"], one["vendor"], one["transfer_basis"]]
    return f"{one['name']}: {', '.join(fact for fact in facts if fact) or '(nothing stated of it)'}"
