"""The engine that runs on this machine: dlib, OpenCV, no network.

Import `check.check_clip` from a worker process only; importing this package loads nothing.
"""
