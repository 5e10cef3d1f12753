"""Two threads of one process look at pictures at once: a server with threads does it all day."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from shared.faces import crowd, detect
from shared.faces.pictures import Rgb


def test_two_threads_find_what_one_finds(astronaut: Rgb) -> None:
    pictures = [np.ascontiguousarray(astronaut[:, : 400 + 20 * n]) for n in range(4)]
    alone = [(detect.find_faces(one), crowd.find_people(one)) for one in pictures]
    with ThreadPoolExecutor(4) as pool:
        together = list(
            pool.map(lambda one: (detect.find_faces(one), crowd.find_people(one)), pictures * 6)
        )
    assert together == alone * 6
