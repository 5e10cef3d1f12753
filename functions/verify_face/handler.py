"""Entry points of `verify_face`."""

from shared import scf
from shared.http.groups import Groups

routes = Groups(
    "verify_face",
    "functions.verify_face.routes",
)

JOBS = {
    "delete-old-face-checks": "functions.verify_face.delete_old_checks:delete_old_checks",
    "end-face-purposes": "functions.verify_face.end_purposes:end_purposes",
    "count-faces": "functions.verify_face.count_faces:count_faces",
}

main = scf.by_shape(http=scf.http(routes), timer=scf.timer(JOBS))
