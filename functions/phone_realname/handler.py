"""Entry point of `phone_realname`."""

from functions.phone_realname.routes import app
from shared import scf

main = scf.by_shape(http=scf.http(app))
