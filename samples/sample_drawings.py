"""The drawn pictures of the sample library: every shape comes from the numbers below, every word is invented."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

INK = (28, 32, 44)
PAPER = (252, 252, 248)


@dataclass(frozen=True, slots=True, kw_only=True)
class Avatar:
    """A drawn head and shoulders: hair, skin and clothes as colours, and where the hair ends (0 to 1)."""

    hair: tuple[int, int, int]
    skin: tuple[int, int, int]
    clothes: tuple[int, int, int]
    hairline: float
    glasses: bool = False


AVATARS = {
    "short": Avatar(hair=(40, 30, 26), skin=(226, 186, 156), clothes=(36, 62, 110), hairline=0.30),
    "long": Avatar(hair=(70, 40, 30), skin=(240, 204, 178), clothes=(150, 40, 60), hairline=0.62),
    "grey": Avatar(hair=(150, 150, 155), skin=(214, 170, 140), clothes=(60, 96, 70), hairline=0.26, glasses=True),
    "bob": Avatar(hair=(20, 18, 22), skin=(233, 192, 160), clothes=(120, 110, 40), hairline=0.48, glasses=True),
}


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def draw_avatar(name: str, side: int) -> Image.Image:
    """A square portrait drawing, ``side`` pixels wide."""
    look = AVATARS[name]
    picture = Image.new("RGB", (side, side), (206, 218, 228))
    draw = ImageDraw.Draw(picture)

    def at(*fractions: float) -> list[float]:
        return [fraction * side for fraction in fractions]

    draw.ellipse(at(0.12, 0.78, 0.88, 1.5), fill=look.clothes)
    draw.rounded_rectangle(at(0.25, 0.10, 0.75, look.hairline + 0.18), radius=side * 0.22, fill=look.hair)
    draw.rectangle(at(0.43, 0.64, 0.57, 0.84), fill=look.skin)
    draw.ellipse(at(0.30, 0.20, 0.70, 0.74), fill=look.skin)
    draw.pieslice(at(0.28, 0.12, 0.72, 0.56), 180, 360, fill=look.hair)
    for centre in (0.42, 0.58):
        draw.ellipse(at(centre - 0.025, 0.43, centre + 0.025, 0.47), fill=INK)
        if look.glasses:
            draw.ellipse(at(centre - 0.07, 0.39, centre + 0.07, 0.51), outline=INK, width=max(1, side // 70))
    draw.arc(at(0.43, 0.52, 0.57, 0.65), 20, 160, fill=(150, 60, 60), width=max(1, side // 60))
    return picture


def draw_staff_card(*, name: str, number: str, unit: str, avatar: str) -> Image.Image:
    """A staff card: one template, other contents."""
    card = Image.new("RGB", (640, 404), PAPER)
    draw = ImageDraw.Draw(card)
    draw.rectangle((0, 0, 640, 84), fill=(18, 60, 90))
    draw.text((28, 24), "HARBOUR LIGHT AGENCY", font=_font(30), fill=PAPER)
    card.paste(draw_avatar(avatar, 220), (32, 120))
    for row, (label, value) in enumerate((("Name", name), ("Staff no.", number), ("Unit", unit))):
        draw.text((290, 130 + row * 74), label, font=_font(18), fill=(110, 116, 130))
        draw.text((290, 152 + row * 74), value, font=_font(30), fill=INK)
    draw.rectangle((0, 372, 640, 404), fill=(216, 150, 40))
    return card


FORM_FIELDS = ("Surname", "Given name", "Address", "Telephone", "Position applied for", "Available from", "Remarks")


def draw_form(values: tuple[str, ...], *, avatar: str) -> Image.Image:
    """An application form: the same lines and boxes each time, filled with ``values`` and a portrait drawing."""
    form = Image.new("RGB", (744, 1052), (255, 255, 255))
    draw = ImageDraw.Draw(form)
    draw.text((56, 48), "Application for employment", font=_font(34), fill=INK)
    draw.text((56, 98), "Harbour Light Agency Ltd - please use block letters", font=_font(18), fill=(90, 90, 90))
    draw.rectangle((560, 48, 700, 208), outline=INK, width=3)
    form.paste(draw_avatar(avatar, 132), (564, 62))
    for row, (label, value) in enumerate(zip(FORM_FIELDS, values, strict=True)):
        top = 240 + row * 96
        draw.text((56, top), label, font=_font(17), fill=(90, 90, 90))
        draw.rectangle((56, top + 24, 700, top + 72), outline=INK, width=2)
        draw.text((70, top + 32), value, font=_font(26), fill=(20, 40, 120))
    draw.line((56, 990, 360, 990), fill=INK, width=2)
    draw.text((56, 996), "Signature of applicant", font=_font(15), fill=(90, 90, 90))
    return form


def draw_page(title: str, seed: int) -> Image.Image:
    """A page of typed lines in black and white, as a scanner would give it; the words are nonsense."""
    page = Image.new("L", (620, 877), 255)
    draw = ImageDraw.Draw(page)
    draw.text((60, 60), title, font=_font(28), fill=0)
    words = np.random.default_rng(seed)
    for line in range(26):
        text = " ".join("".join(words.choice(list("aeinorstlm"), size=int(words.integers(2, 9)))) for _ in range(8))
        draw.text((60, 130 + line * 26), text[:56], font=_font(16), fill=20)
    return page.point(lambda value: 255 if value > 140 else 0).convert("1")


def draw_product(shape: str, colour: tuple[int, int, int]) -> Image.Image:
    """A product on white: ``bottle``, ``jar`` or ``box``, with a soft shadow and a label."""
    picture = Image.new("RGB", (560, 560), (255, 255, 255))
    draw = ImageDraw.Draw(picture)
    for step in range(24):
        shade = 255 - step * 3
        draw.ellipse((120 + step * 4, 440 + step, 440 - step * 4, 500 - step), fill=(shade, shade, shade))
    darker = tuple(channel * 2 // 3 for channel in colour)
    match shape:
        case "bottle":
            draw.rounded_rectangle((220, 180, 340, 480), radius=26, fill=colour)
            draw.rectangle((256, 80, 304, 186), fill=darker)
            draw.rectangle((220, 280, 340, 390), fill=PAPER)
        case "jar":
            draw.rounded_rectangle((170, 220, 390, 480), radius=50, fill=colour)
            draw.rectangle((180, 180, 380, 236), fill=darker)
            draw.ellipse((220, 290, 340, 410), fill=PAPER)
        case _:
            draw.polygon([(150, 220), (330, 180), (420, 230), (420, 460), (240, 490), (150, 440)], fill=colour)
            draw.polygon([(330, 180), (420, 230), (420, 460), (330, 420)], fill=darker)
            draw.rectangle((180, 290, 300, 370), fill=PAPER)
    draw.text((232, 318), shape.upper(), font=_font(22), fill=INK)
    return picture


def draw_logo(letters: str, colour: tuple[int, int, int]) -> Image.Image:
    """A logo with a transparent ground."""
    logo = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    draw = ImageDraw.Draw(logo)
    draw.ellipse((20, 20, 380, 380), fill=(*colour, 255))
    draw.arc((70, 70, 330, 330), 200, 340, fill=(255, 255, 255, 255), width=18)
    draw.text((200, 214), letters, font=_font(120), fill=(255, 255, 255, 255), anchor="mm")
    return logo


def draw_gradient(top: tuple[int, int, int], bottom: tuple[int, int, int]) -> Image.Image:
    """A backdrop without texture: from ``top`` to ``bottom``."""
    steps = np.linspace(0, 1, 480)[:, None, None]
    rows = np.asarray(top) * (1 - steps) + np.asarray(bottom) * steps
    return Image.fromarray(np.broadcast_to(rows, (480, 720, 3)).round().astype(np.uint8))


def draw_skyline(seed: int) -> Image.Image:
    """A harbour at dusk: towers with lit windows over water."""
    chance = np.random.default_rng(seed)
    picture = draw_gradient((24, 30, 70), (214, 120, 84))
    draw = ImageDraw.Draw(picture)
    left = 0
    while left < 720:
        width, height = int(chance.integers(34, 76)), int(chance.integers(110, 300))
        draw.rectangle((left, 380 - height, left + width, 380), fill=(20, 24, 40))
        for x in range(left + 6, left + width - 6, 11):
            for y in range(388 - height, 372, 15):
                if chance.random() < 0.45:
                    draw.rectangle((x, y, x + 5, y + 7), fill=(250, 214, 130))
        left += width + int(chance.integers(2, 12))
    draw.rectangle((0, 380, 720, 480), fill=(26, 40, 74))
    for _ in range(260):
        x, y = int(chance.integers(0, 720)), int(chance.integers(384, 478))
        draw.line((x, y, x + int(chance.integers(6, 26)), y), fill=(200, 160, 110))
    return picture
