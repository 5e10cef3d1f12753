"""Entry point of `verify_face`."""

from functions.verify_face.routes import app
from shared import scf

main = scf.by_shape(http=scf.http(app))
