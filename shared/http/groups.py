"""A function's routes in groups, each loaded when the first request for it comes: a start pays for what it answers."""

import threading
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from flask import Flask

from shared.http.app import make_app


class Groups:
    """A WSGI application. `modules` hold a blueprint `api` each; the ones a cold start meets first stand first."""

    def __init__(self, name: str, *modules: str) -> None:
        self.name, self.modules = name, modules
        self._loaded: list[Flask] = []
        self._loading = threading.Lock()
        self._whole: Flask | None = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return self._that_knows(environ)(environ, start_response)

    def whole(self) -> Flask:
        """All groups in one: for the specification, and to answer 404 and 405."""
        with self._loading:
            if self._whole is None:
                self._whole = self._make(self.modules)
            return self._whole

    def group(self, number: int) -> Flask:
        """Ask for them in order."""
        with self._loading:
            if number == len(self._loaded):
                self._loaded.append(self._make([self.modules[number]]))
            return self._loaded[number]

    def _that_knows(self, environ: dict[str, Any]) -> Flask:
        groups = (self.group(number) for number in range(len(self.modules)))
        knows = (one for one in groups if one.url_map.bind_to_environ(environ).test())
        return next(knows, None) or self.whole()

    def _make(self, modules: Iterable[str]) -> Flask:
        app = make_app(self.name)
        for module in modules:
            app.register_blueprint(import_module(module).api)
        return app
