"""Hostile files that hold others, by number: bombs, loops, lies, what is encrypted, cut or overlaps, and chance."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import struct
import tarfile
import zipfile
from collections.abc import Callable
from functools import cache

from PIL import Image

from benchmarks.mutators import Seed, cut, move, set_word, turn_bytes
from tests.sources.packing import PACKED, mailbox, paged, zipped
from tests.sources.packing_ole import cache as thumbcache
from tests.sources.packing_ole import outlook, sheets, slides, thumbs, winmail

Draws = random.Random
_ZEROS = bytes(1_000_000)


@cache
def _pictures() -> dict[str, bytes]:
    made = {}
    for number in range(3):
        target = io.BytesIO()
        Image.linear_gradient("L").rotate(40 * number).convert("RGB").save(target, "JPEG", quality=80)
        made[f"{number}.jpg"] = target.getvalue()
    return made


@cache
def sound() -> list[Seed]:
    """One file of each kind that is opened, as a friendly hand makes it."""
    packed = {name: pack for name, (pack, _) in PACKED.items()}
    packed |= {"box.mbox": mailbox, "scan.pdf": paged, "mail.msg": outlook, "old.ppt": slides, "old.xls": sheets}
    packed |= {"Thumbs.db": thumbs, "thumbcache_96.db": thumbcache, "winmail.dat": winmail}
    return [Seed(name=name, data=pack(_pictures())) for name, pack in packed.items()]


def _zip_bomb(draws: Draws) -> Seed:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(draws.randint(1, 4)):
            with archive.open(f"{number}.jpg", "w") as stream:
                stream.write(b"\xff\xd8\xff\xe0")
                for _ in range(draws.choice((20, 300, 900))):
                    stream.write(_ZEROS)
    return Seed(name="bomb.zip", data=target.getvalue())


def _packed_bomb(draws: Draws) -> Seed:
    module, ending = draws.choice([(gzip, "gz"), (bz2, "bz2"), (lzma, "xz")])
    data = module.compress(b"\xff\xd8\xff\xe0" + _ZEROS * draws.choice((20, 200)))
    return Seed(name=f"bomb.jpg.{ending}", data=data)


def _nested(draws: Draws) -> Seed:
    data, name = next(iter(_pictures().values())), "a.jpg"
    for depth in range(draws.choice((6, 40))):
        data, name = zipped({name: data, f"more{depth}.jpg": data if depth < 2 else b""}), f"{depth}.zip"
    return Seed(name=name, data=data)


def _wide(draws: Draws) -> Seed:
    """A ZIP of ZIPs of ZIPs, of each many: 42.zip in small."""
    data = zipped(_pictures())
    for depth in range(3):
        data = zipped({f"{depth}-{number}.zip": data for number in range(draws.choice((8, 16)))})
    return Seed(name="wide.zip", data=data)


def _many(draws: Draws) -> Seed:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for number in range(draws.choice((1_000, 120_000))):
            archive.addfile(tarfile.TarInfo(f"{number}.txt"))
    return Seed(name="many.tgz", data=gzip.compress(target.getvalue(), 1))


def _lying(draws: Draws) -> Seed:
    data = bytearray(zipped(_pictures()))
    for signature, fields in ((b"PK\x01\x02", (20, 24, 42)), (b"PK\x03\x04", (18, 22))):
        at = -1
        while (at := data.find(signature, at + 1)) >= 0:
            if draws.random() < 0.6:
                struct.pack_into(
                    "<I", data, at + draws.choice(fields), draws.choice((0, 1, 2**31, 2**32 - 2, len(data)))
                )
    return Seed(name="lying.zip", data=bytes(data))


def _overlapping(draws: Draws) -> Seed:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.jpg", b"\xff\xd8\xff\xe0" + _ZEROS * 8)
        archive.filelist += [archive.filelist[0]] * draws.choice((10, 5_000))
    return Seed(name="overlapping.zip", data=target.getvalue())


def _encrypted(draws: Draws) -> Seed:
    data = bytearray(zipped(_pictures()))
    for signature, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = -1
        while (at := data.find(signature, at + 1)) >= 0:
            data[at + flags] |= 1
    at = draws.randrange(len(data) // 2)
    data[at : at + 1] = b"x"
    return Seed(name="locked.zip", data=bytes(data))


def _leading_out(draws: Draws) -> Seed:
    names = [
        "../../../../tmp/out.jpg",
        "/etc/out.jpg",
        "..\\..\\out.jpg",
        "C:\\out.jpg",
        "a\0b.jpg",
        "x" * 9_000 + ".jpg",
    ]
    target = io.BytesIO()
    if draws.random() < 0.5:
        return Seed(name="out.zip", data=zipped(dict.fromkeys(names, next(iter(_pictures().values())))))
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for kind, name in ((tarfile.SYMTYPE, "link"), (tarfile.LNKTYPE, "hard"), (tarfile.CHRTYPE, "device")):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        for name in names:
            info = tarfile.TarInfo(name.replace("\0", ""))
            info.size = 4
            archive.addfile(info, io.BytesIO(b"\xff\xd8\xff\xe0"))
    return Seed(name="out.tar", data=target.getvalue())


def _deep_mail(draws: Draws) -> Seed:
    depth = draws.choice((50, 2_000))
    head = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (number, number) for number in range(depth)
    )
    return Seed(name="deep.eml", data=b"From: a@example.hk\n" + head)


_ATTACKS: tuple[Callable[[Draws], Seed], ...] = (
    _zip_bomb, _packed_bomb, _nested, _wide, _many, _lying, _overlapping, _encrypted, _leading_out, _deep_mail,
)  # fmt: skip
_CHANCE: tuple[Callable[[bytes, Draws], bytes], ...] = (turn_bytes, cut, set_word, move)


def hostile(number: int) -> Seed:
    """The file of a number, always the same: every third is an attack of a known kind, the others are sound ones in
    which chance changed something."""
    draws = Draws(number)
    if number % 3 == 0:
        return _ATTACKS[number // 3 % len(_ATTACKS)](draws)
    seed = sound()[number % len(sound())]
    data = seed.data
    for _ in range(draws.randint(1, 4)):
        data = draws.choice(_CHANCE)(data, draws)
    return Seed(name=seed.name, data=data)
