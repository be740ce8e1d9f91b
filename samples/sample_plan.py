"""Which files the sample library holds, and what is true of each: known because this file makes them so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import sample_drawings as drawings
import sample_files as files
import sample_photos as photos
from sample_files import Labels

STUDIO = "hk-studio-share"
PARTNER = "shenzhen-partner"
HR = "hr-archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One file and the truth about it.

    ``group`` names the picture it shows where more than one file shows it. ``relation``, ``people`` and ``skipped``
    hold the accepted answers, separated by ``|``; ``layout`` names the template it shares with other pictures. A file
    of several ``pages`` is as many holdings. Of a file that holds others ``inside`` has name, group and relation of
    each picture.
    """

    source: str
    path: str
    content: bytes
    group: str = ""
    relation: str = ""
    people: str = ""
    skipped: str = ""
    layout: str = ""
    pages: int = 1
    inside: tuple[tuple[str, str, str], ...] = ()


def portrait() -> Iterator[Sample]:
    """The campaign portrait, held by the studio and the partner in every form a picture takes on its way."""
    group, seen = "harbour-portrait", "P2"
    summer, inbox = "2023-summer-harbour-lights", "收件/2023夏季活動"
    taken = Labels(captured="2023:06:18 10:42:07", camera="Sample Camera 1", artist="Studio, Harbour Light Agency")
    unreleased = replace(taken, model_release="MR-NON", licence_ends="2024-09-30")
    master = photos.photo("astronaut", 768)
    original = files.jpeg(master, 92, unreleased)
    bare = files.jpeg(master, 92)
    face = (0.33, 0.08, 0.57, 0.42)
    square = photos.cropped(master, 0.16, 0.02, 0.80, 0.66)
    grey = master.convert("L")
    forms = (
        (STUDIO, f"{summer}/originals/HL23_0412.jpg", original, "master|byte-identical"),
        (STUDIO, f"{summer}/final/Harbour Lights - portrait (final) 2.jpg", original, "byte-identical|master"),
        (STUDIO, f"{summer}/web/harbour-portrait-480.jpg", files.jpeg(photos.scaled(master, 480), 82), "resized"),
        (STUDIO, f"{summer}/print/harbour-portrait-mono.jpg", files.jpeg(grey, 90, taken), "recoloured"),
        (STUDIO, f"{summer}/social/square-crop.jpg", files.jpeg(square, 88), "cropped|edited"),
        (STUDIO, f"{summer}/social/mirrored-layout.jpg", files.jpeg(photos.mirrored(master), 88), "mirrored"),
        (PARTNER, f"{inbox}/人像_原圖.jpg", original, "byte-identical"),
        (PARTNER, f"{inbox}/人像_無資料.jpg", bare, "metadata-only"),
        (PARTNER, "微信/mmexport1687912345678.jpg", files.jpeg(master, 45), "recompressed"),
        (PARTNER, "修圖/人像_旋轉.jpg", files.jpeg(photos.turned_right(master), 88), "rotated"),
        (PARTNER, "修圖/人像_提亮.jpg", files.jpeg(photos.brightened(master, 1.22), 90), "recoloured"),
        (PARTNER, "修圖/人像_字幕.jpg", files.jpeg(photos.captioned(master, "HARBOUR LIGHTS 2023"), 90), "edited"),
        (PARTNER, "修圖/人像_邊框.jpg", files.jpeg(photos.bordered(master, 0.06, (255, 255, 255)), 90), "edited"),
    )
    for source, path, content, relation in forms:
        yield Sample(source=source, path=path, content=content, group=group, relation=relation, people=seen)
    hidden = files.jpeg(photos.pixelated(master, face, 6), 90)
    where = f"{summer}/press/harbour-portrait-anonymised.jpg"
    yield Sample(source=STUDIO, path=where, content=hidden, group=group, relation="edited", people="P0|P1")


def coffee() -> Iterator[Sample]:
    """A campaign that still runs, with a cup and nobody in it."""
    folder = "2026-coffee-stories"
    taken = Labels(captured="2026:02:03 09:12:55", camera="Sample Camera 2")
    master = photos.photo("coffee")
    menu = photos.captioned(master, "Flat white - HK$38")
    forms = (
        (STUDIO, f"{folder}/originals/cup-001.jpg", files.jpeg(master, 93, taken), "master"),
        (STUDIO, f"{folder}/web/cup-001.webp", files.encoded(master, "WEBP", quality=70), "recompressed"),
        (STUDIO, f"{folder}/web/cup-001-300.jpg", files.jpeg(photos.scaled(master, 300), 85), "resized"),
        (STUDIO, f"{folder}/warm grade/cup-001 v3.jpg", files.jpeg(photos.warmed(master), 90), "recoloured"),
        (STUDIO, f"{folder}/menu/cup-menu.jpg", files.jpeg(menu, 90), "edited"),
        (PARTNER, "咖啡/杯_裁切.jpg", files.jpeg(photos.cropped(master, 0.1, 0.05, 0.9, 0.95), 90), "cropped"),
        (PARTNER, "咖啡/杯_鏡像.jpg", files.jpeg(photos.mirrored(master), 85), "mirrored"),
        (PARTNER, "咖啡/杯.jpg", files.jpeg(master, 60), "recompressed"),
    )
    for source, path, content, relation in forms:
        yield Sample(source=source, path=path, content=content, group="coffee-cup", relation=relation, people="P0")


def space_week() -> Iterator[Sample]:
    """An exhibition of 2022: a launch and a field of galaxies."""
    folder = "2022-space-week"
    launch = photos.photo("rocket")
    taken = Labels(captured="2022:03:11 05:20:00", camera="Sample Camera 1")
    first = files.jpeg(launch, 92, taken)
    turned = Labels(orientation=6)
    sideways = files.jpeg(photos.turned_left(launch), 80, turned)
    forms = (
        (STUDIO, f"{folder}/launch.jpg", first, "master|byte-identical"),
        (STUDIO, f"{folder}/panel layout/launch copy.jpg", first, "byte-identical|master"),
        (PARTNER, "展板/發射.jpg", first, "byte-identical"),
        (PARTNER, "展板/發射_手機.jpg", sideways, "recompressed|rotated"),
        (PARTNER, "展板/發射_直放.jpg", files.jpeg(photos.turned_right(launch), 85), "rotated"),
    )
    for source, path, content, relation in forms:
        yield Sample(source=source, path=path, content=content, group="launch", relation=relation, people="P0")
    field = files.jpeg(photos.photo("hubble", 640), 84, Labels(captured="2022:03:12 11:00:00"))
    yield Sample(source=STUDIO, path=f"{folder}/deep-field.jpg", content=field, people="P0|P1")
    coins = files.jpeg(photos.photo("coins"), 90)
    yield Sample(source=STUDIO, path=f"{folder}/medals-on-loan.jpg", content=coins, people="P0|P1")


def products() -> Iterator[Sample]:
    """Shots on white: three products, one of them in three files with the same pixels."""
    bottle = drawings.draw_product("bottle", (40, 120, 90))
    forms = (
        (
            STUDIO,
            "2025-product-shots/bottle.png",
            files.encoded(bottle, "PNG", optimize=True),
            "master|pixel-identical",
        ),
        (
            STUDIO,
            "2025-product-shots/bottle.tif",
            files.encoded(bottle, "TIFF", compression="tiff_lzw"),
            "pixel-identical|master",
        ),
        (PARTNER, "產品/瓶.webp", files.encoded(bottle, "WEBP", lossless=True), "pixel-identical"),
    )
    for source, path, content, relation in forms:
        yield Sample(source=source, path=path, content=content, group="bottle", relation=relation, people="P0")
    others = (("jar", (170, 80, 60)), ("box", (70, 90, 160)))
    for shape, colour in others:
        shot = files.encoded(drawings.draw_product(shape, colour), "PNG", optimize=True)
        yield Sample(source=STUDIO, path=f"2025-product-shots/{shape}.png", content=shot, people="P0")
    avif = files.encoded(drawings.draw_skyline(11), "AVIF", quality=60)
    yield Sample(source=STUDIO, path="2025-product-shots/backdrop harbour.avif", content=avif, people="P0")


def brand() -> Iterator[Sample]:
    """Logos, backdrops and textures: pictures with little in them, which are easily mistaken for one another."""
    logo = drawings.draw_logo("HL", (18, 60, 90))
    first = files.encoded(logo, "PNG", optimize=True)
    copies = ((STUDIO, "brand/logo-hl.png", "master"), (HR, "templates/logo-hl.png", "byte-identical"))
    for source, path, relation in copies:
        yield Sample(source=source, path=path, content=first, group="logo-hl", relation=relation, people="P0")
    client = files.encoded(drawings.draw_logo("Q7", (120, 30, 60)).convert("P"), "GIF")
    yield Sample(source=STUDIO, path="brand/client-q7.gif", content=client, people="P0")
    grounds = (("dawn", (250, 220, 190), (200, 120, 120)), ("noon", (180, 210, 240), (240, 246, 250)))
    for name, top, bottom in grounds:
        shot = files.jpeg(drawings.draw_gradient(top, bottom), 90)
        yield Sample(source=STUDIO, path=f"brand/backdrops/{name}.jpg", content=shot, people="P0")
    for name in ("brick", "gravel", "grass"):
        texture = files.jpeg(photos.photo(name, 360), 80)
        if name == "grass":
            yield Sample(
                source=PARTNER, path="材質/grass.jpg", content=texture, people="P0", group="grass", relation="master"
            )
        else:
            yield Sample(source=PARTNER, path=f"材質/{name}.jpg", content=texture, people="P0")
    pet = photos.photo("cat")
    shots = ((STUDIO, "office/mascot.jpg", 92, "master"), (PARTNER, "雜項/貓.jpg", 50, "recompressed"))
    for source, path, quality, relation in shots:
        content = files.jpeg(pet, quality)
        yield Sample(source=source, path=path, content=content, group="mascot", relation=relation, people="P0|P1")
    figure = photos.scaled(photos.cropped(photos.photo("astronaut"), 0.2, 0, 0.75, 0.7), 26)
    crowd = photos.placed(drawings.draw_skyline(3), figure, 0.5, 0.74)
    far = files.jpeg(crowd, 88, Labels(captured="2023:09:29 19:30:00"))
    where = "2023-summer-harbour-lights/event/promenade-wide.jpg"
    yield Sample(source=STUDIO, path=where, content=far, people="P0|P1")


def leaver_portrait() -> Iterator[Sample]:
    """A former employee at work: one copy carries a model release, another one a name."""
    master = photos.photo("camera")
    taken = Labels(captured="2016:05:09 15:04:00", camera="Sample Camera 0", artist="Studio, Harbour Light Agency")
    released = replace(taken, model_release="MR-LMR")
    named = replace(taken, person="Sample Person", caption="Sample Person at work, leavers' wall")
    forms = (
        (STUDIO, "team/2016/photographer-at-work.jpg", files.jpeg(master, 92, released), "master|metadata-only"),
        (HR, "leavers/2017/sample-person_HL-0077/portrait.jpg", files.jpeg(master, 92, named), "metadata-only|master"),
        (
            HR,
            "leavers/2017/sample-person_HL-0077/portrait-small.jpg",
            files.jpeg(photos.scaled(master, 320), 85),
            "resized",
        ),
    )
    for source, path, content, relation in forms:
        people = "P2|P3" if relation == "resized" else "P3"
        yield Sample(source=source, path=path, content=content, group="at-work", relation=relation, people=people)


def staff_cards() -> Iterator[Sample]:
    """Cards of one template: other people, other pictures; drawings, so nobody is recognisable."""
    cards = (
        ("staff-cards/current/HL-0192.png", "Lam Ka Ho", "HL-0192", "Studio", "grey"),
        ("staff-cards/current/HL-0418.png", "Ng Mei Sze", "HL-0418", "Accounts", "long"),
        ("leavers/2023/HL-0305/card.png", "Sit Wing Yan", "HL-0305", "Media", "bob"),
    )
    for path, name, number, unit, avatar in cards:
        drawn = drawings.draw_staff_card(name=name, number=number, unit=unit, avatar=avatar)
        content = files.encoded(drawn, "PNG", optimize=True)
        twice = number == "HL-0305"
        group, relation = ("card-0305", "master|byte-identical") if twice else ("", "")
        yield Sample(
            source=HR, path=path, content=content, group=group, relation=relation, people="P0|P1", layout="staff-card"
        )
        if twice:
            yield Sample(
                source=HR, path="staff-cards/returned/HL-0305.png", content=content, group=group, relation=relation,
                people="P0|P1", layout="staff-card",
            )  # fmt: skip


APPLICANTS = (
    ("Yau", "Sample One", "Flat 3, 12 Example Street", "0000 0001", "Junior designer", "1 March 2024", "short"),
    ("Mok", "Sample Two", "Flat 9, 40 Sample Road", "0000 0002", "Media planner", "15 April 2024", "long"),
)


def applications() -> Iterator[Sample]:
    """One form filled twice, with a rescan of the second; and a scan of several pages."""
    first, second = (drawings.draw_form((*values[:6], "Portfolio follows"), avatar=values[6]) for values in APPLICANTS)
    folder = "applicants/2024/unsuccessful"
    taken = Labels(captured="2024:02:05 10:00:00", camera="Sample Scanner")
    again = files.jpeg(second, 55)
    forms = (
        (f"{folder}/application-yau.jpg", files.jpeg(first, 88, taken), "", ""),
        (f"{folder}/application-mok.jpg", files.jpeg(second, 88, taken), "form-mok", "master"),
        ("applicants/2024/shortlist/應徵表格_莫.jpg", again, "form-mok", "recompressed"),
    )
    for path, content, group, relation in forms:
        yield Sample(
            source=HR, path=path, content=content, group=group, relation=relation, people="P0|P1", layout="form"
        )
    face = files.encoded(drawings.draw_avatar("short", 300), "PNG", optimize=True)
    yield Sample(source=HR, path=f"{folder}/photo-yau.png", content=face, people="P0|P1")
    pages = [drawings.draw_page(f"Terms of employment, page {number}", number) for number in (1, 2, 3)]
    scan = files.multipage_tiff(pages)
    yield Sample(
        source=HR, path="contracts/2019 terms (scan).tif", content=scan, people="P0", layout="typed-page", pages=3
    )


def strays() -> Iterator[Sample]:
    """What lies among the pictures and cannot be examined, or only partly."""
    whole = files.jpeg(photos.photo("coffee"), 90)
    launch = files.jpeg(photos.scaled(photos.photo("rocket"), 320), 70)
    deck = files.presentation({"image1.jpeg": launch, "image2.jpeg": files.jpeg(photos.photo("grass", 200), 70)})
    found = (
        (STUDIO, "2026-coffee-stories/originals/cup-002.jpg", whole[: len(whole) * 2 // 5], "truncated"),
        (
            STUDIO,
            "2023-summer-harbour-lights/release notes.jpg",
            b"Releases are in the contract folder.\n",
            "not_an_image",
        ),
        (
            STUDIO,
            "2023-summer-harbour-lights/layered/poster.psd",
            files.photoshop_header(3508, 4961),
            "format_not_decoded",
        ),
        (STUDIO, "brand/logo-hl.wmf", files.metafile(200, 200), "format_not_decoded"),
        (PARTNER, "微信/Thumbs.db", b"\xd0\xcf\x11\xe0" + bytes(60), "other_file|format_not_decoded"),
        (HR, "applicants/2024/unsuccessful/photo-mok.jpg", b"", "empty"),
        (HR, "leavers/2023/HL-0305/handover.txt", b"Card returned, locker empty.\n", "other_file"),
    )
    for source, path, content, reason in found:
        yield Sample(source=source, path=path, content=content, skipped=reason)
    backup = files.archive({"2021/launch-small.jpg": launch})
    small = ("2021/launch-small.jpg", "launch", "resized")
    yield Sample(source=STUDIO, path="_old/2021 backup.zip", content=backup, people="P0", inside=(small,))
    shown = (("ppt/media/image1.jpeg", "launch", "resized"), ("ppt/media/image2.jpeg", "grass", "resized"))
    yield Sample(source=PARTNER, path="手冊/夏季手冊.pptx", content=deck, people="P0", inside=shown)


def samples() -> list[Sample]:
    """Every file of the library, ordered by source and path."""
    groups = (portrait, coffee, space_week, products, brand, leaver_portrait, staff_cards, applications, strays)
    return sorted((sample for group in groups for sample in group()), key=lambda sample: (sample.source, sample.path))
