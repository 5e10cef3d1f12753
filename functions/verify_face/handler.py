"""Entry points of `verify_face`."""

from functions.verify_face.count_faces import count_faces
from functions.verify_face.delete_old_checks import delete_old_checks
from functions.verify_face.end_purposes import end_purposes
from functions.verify_face.routes import app
from shared import scf

JOBS = {
    "delete-old-face-checks": delete_old_checks,
    "end-face-purposes": end_purposes,
    "count-faces": count_faces,
}

main = scf.by_shape(http=scf.http(app), timer=scf.timer(JOBS))
