"""Faces: find, describe, compare. Importing this package loads nothing; its modules load numpy.

Nothing here knows of HTTP, the database or a function: pictures in, numbers out.
"""
