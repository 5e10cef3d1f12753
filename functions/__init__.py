"""The six functions."""

import gc

# A start makes a hundred thousand objects that all stay; to look for garbage among them took a tenth of it.
gc.set_threshold(50_000, 20, 20)
