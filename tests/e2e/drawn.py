"""Pictures for looks only: a drawn page and a drawn portrait, of nobody."""

import io

from PIL import Image, ImageDraw

PAPER, INK, LINE, STAMP = (250, 247, 239), (70, 74, 84), (196, 190, 176), (176, 52, 44)


def page_of_a_register(order: int) -> bytes:
    """As a household register looks from afar. JPEG."""
    picture = Image.new("RGB", (720, 900), PAPER)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((50, 60, 670, 840), outline=INK, width=3)
    for line in range(9):
        top = 150 + line * 68
        draw.line((50, top, 670, top), fill=LINE, width=2)
        width = 120 + (line * 67 + order * 41) % 260
        draw.rectangle((250, top + 24, 250 + width, top + 42), fill=INK)
        draw.rectangle((80, top + 24, 190, top + 42), fill=LINE)
    draw.line((220, 150, 220, 840), fill=LINE, width=2)
    draw.rectangle((240, 86, 480, 122), fill=INK)
    draw.ellipse((470, 640, 640, 810), outline=STAMP, width=7)
    draw.regular_polygon((555, 725, 34), 5, fill=STAMP)
    return _jpeg(picture)


def portrait() -> bytes:
    """A silhouette on the blue of ID photos. JPEG."""
    picture = Image.new("RGB", (358, 441), (120, 160, 205))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((30, 300, 328, 640), fill=(58, 66, 82))
    draw.ellipse((104, 84, 254, 284), fill=(226, 197, 172))
    draw.pieslice((98, 62, 260, 250), 180, 360, fill=(46, 42, 40))
    return _jpeg(picture)


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82)
    return out.getvalue()
