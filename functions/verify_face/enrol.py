"""Templates for recognition during visits, from the best frames that a vendor gives."""

from collections.abc import Sequence

from shared.face_checks import FEWEST_TEMPLATES


def templates(frames: Sequence[bytes]) -> list[bytes]:
    """Packed, of at least three frames with one face each, or none: recognition then stays uncertain, which is
    no alert. Also none where the models are not installed."""
    from shared.faces.describe import describe, pack
    from shared.faces.detect import find_faces
    from shared.faces.models import ModelsMissing
    from shared.faces.pictures import PictureRefused, decode

    vectors = []
    for frame in frames:
        try:
            rgb = decode(frame)
            faces = find_faces(rgb)
        except (PictureRefused, ModelsMissing):
            continue
        if len(faces) == 1:
            vectors.append(pack(describe(rgb, faces[0].box)))
    return vectors if len(vectors) >= FEWEST_TEMPLATES else []
