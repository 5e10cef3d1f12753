"""The engine that runs on this machine: dlib, OpenCV, no network.

Import `apart.check_clip_apart`; `check.check_clip` is for its worker processes. Importing this
package loads nothing.
"""
