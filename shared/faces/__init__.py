"""Faces: find, describe, compare. Importing this package loads nothing; its modules load numpy.

Nothing here knows of HTTP, the database or a function: pictures in, numbers out.
"""

import os

# Checks run side by side in processes: threads inside one would only take the others' cores. It
# works as long as numpy is not loaded yet, so it stands before every module of this package.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
