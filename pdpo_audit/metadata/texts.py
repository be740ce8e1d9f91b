"""Text out of bytes that rarely say what they are, and out of text that was read in the wrong character set before."""

from __future__ import annotations

from collections.abc import Callable

#: Chinese character sets of old archives, and which of their pairs of bytes are everyday characters (Big5: level 1,
#: lead bytes A4 to C6; GB 2312: level 1, lead bytes B0 to D7 with a high second byte).
_CHINESE: dict[str, Callable[[int, int], bool]] = {
    "big5hkscs": lambda lead, _trail: 0xA4 <= lead <= 0xC6,
    "gb18030": lambda lead, trail: 0xB0 <= lead <= 0xD7 and trail >= 0xA1,
}
#: Share of everyday characters from which on bytes are taken for a Chinese set.
_EVERYDAY = 0.6


def decode(raw: bytes, *, utf8: bool = False) -> str:
    """UTF-8 where it is, Big5 or GBK where that gives Chinese, else Latin-1.

    Archives in Hong Kong hold captions in Big5, those from the Mainland in GBK, with no declared character set or a
    wrong one (``utf8`` declares it). Western accents are mostly single high bytes between ASCII letters, which would
    pair with a letter: a Chinese set is taken only when no such pair is, and of the two the one of everyday characters.
    """
    try:
        return mended(raw.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    shares = {name: _everyday(raw, name) for name in _CHINESE}
    best = max(shares, key=lambda name: shares[name])
    if shares[best] >= _EVERYDAY:
        return raw.decode(best)
    return raw.decode("utf-8", "replace") if utf8 else raw.decode("latin-1")


def _everyday(raw: bytes, name: str) -> float:
    """The share of everyday Chinese characters among the pairs of bytes in a set; 0 where they are no text of it."""
    try:
        text = raw.decode(name)
    except UnicodeDecodeError:
        return 0.0
    pairs = [pair for char in text if len(pair := char.encode(name, "replace")) == 2]
    high = sum(byte > 0x7F for byte in raw)
    # Of two-byte Chinese characters, more than half have a high second byte; of accidents nearly none.
    if not pairs or high < 1.25 * len(pairs):
        return 0.0
    usual = _CHINESE[name]
    return sum(usual(pair[0], pair[1]) or not _is_han(pair.decode(name)) for pair in pairs) / len(pairs)


def mended(text: str) -> str:
    """Text that was UTF-8 and was read as Latin-1 or Windows-1252 once, where that gives Chinese; other text stays."""
    if text.isascii() or any(_is_han(char) for char in text):
        return text
    for name in ("cp1252", "latin-1"):
        try:
            found = text.encode(name).decode("utf-8")
        except UnicodeError:
            continue
        if any(_is_han(char) for char in found):
            return found
    return text


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"
