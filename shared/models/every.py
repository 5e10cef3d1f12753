"""All tables, so that one import fills the metadata."""

import importlib
import pkgutil

import shared.models
from shared.models.base import Base

for _one in pkgutil.iter_modules(shared.models.__path__):
    importlib.import_module(f"shared.models.{_one.name}")

__all__ = ["Base"]
