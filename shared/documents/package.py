"""What makes an Office file the same to the byte each time it is made."""

import io
import re
import zipfile
from datetime import datetime

EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first moment a zip can name
STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def reproducible(data: bytes, at: datetime) -> bytes:
    """`at` becomes the time of making and of the last change; the zip's own times go."""
    made = io.BytesIO()
    stamp = rb"\g<1>" + f"{at:%Y-%m-%dT%H:%M:%SZ}".encode()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = STAMP.sub(stamp, content)
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    return made.getvalue()


def plain(text: str) -> str:
    """Without the control characters that no Office file can hold."""
    return "".join(one for one in text if one.isprintable() or one == "\n")
