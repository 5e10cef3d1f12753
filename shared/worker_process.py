"""What runs in a worker: jobs come over a socket, answers go back. See shared.workers."""

import sys
from multiprocessing.connection import Connection


def main(descriptor: int) -> None:
    line = Connection(descriptor)
    while True:
        try:
            function, args = line.recv()
        except EOFError:
            return  # the process that we work for is gone
        try:
            answer = True, function(*args)
        except Exception as error:  # noqa: BLE001 — it is raised where the job came from
            answer = False, error
        line.send(answer)


if __name__ == "__main__":
    main(int(sys.argv[1]))
