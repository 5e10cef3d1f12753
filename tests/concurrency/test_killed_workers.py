"""A worker is killed while it books, again and again. KILLS=100 is the full form (issue 3)."""

import json
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection

from sqlalchemy import text

from benchmarks import data
from benchmarks.client import event_of
from benchmarks.data import Booking
from local import migrate
from local.mariadb import MariaDB
from shared import invariants
from shared.database import engine
from tests.databases import using

KILLS = int(os.environ.get("KILLS", "10"))
AT_MOST = 60  # bookings that one worker has before it
LIVES_S = 0.1  # longest life after its first booking: it never comes to the last


def work(pipe: Connection, url: str, bookings: Sequence[Booking]) -> None:
    """Book one after the other, and tell of each that was acknowledged."""
    os.environ["DATABASE_URL"] = url
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    from functions.booking.handler import main

    for booking in bookings:
        answer = main(event_of(booking, booking.relative_id), None)
        pipe.send((answer["statusCode"], json.loads(answer["body"]).get("id")))


def start_and_kill(url: str, bookings: Sequence[Booking]) -> list[str]:
    """The visits that were acknowledged before the worker died."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["functions.booking.handler"])
    ours, theirs = context.Pipe(duplex=False)
    worker = context.Process(target=work, args=(theirs, url, bookings))
    worker.start()
    theirs.close()
    answers = [ours.recv()]
    time.sleep(random.uniform(0, LIVES_S))
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    worker.join()
    while True:
        try:
            answers.append(ours.recv())
        except (EOFError, OSError):
            break
    assert {status for status, _ in answers} == {201}
    return [visit_id for _, visit_id in answers]


def test_every_acknowledged_visit_is_there_and_whole(mariadb: MariaDB) -> None:
    url = mariadb.create("killed_workers")
    with using(url):
        migrate.to_newest()
        data.add_people(engine(), KILLS * AT_MOST)
        bookings = data.bookings(KILLS * AT_MOST, slots=data.add_slots(engine()))
        shares = [bookings[n * AT_MOST : (n + 1) * AT_MOST] for n in range(KILLS)]
        lives = [(share, start_and_kill(url, share)) for share in shares]

        with engine().connect() as connection:
            stored = set(connection.scalars(text("SELECT id FROM visit")))
        acknowledged = [one for _, visits in lives for one in visits]
        assert set(acknowledged) <= stored
        assert invariants.find_broken() == []  # audit, message, quota, places: all or nothing

        sent = [one for share, visits in lives for one in share[: len(visits) + 1]]
        resend_all(sent)
        assert data.booked(engine()) == len(sent)
        assert invariants.find_broken() == []


def resend_all(bookings: Sequence[Booking]) -> None:
    """As clients do that heard nothing, with the keys they had: what was done is not done again."""
    from functions.booking.handler import main

    for booking in bookings:
        answer = main(event_of(booking, booking.relative_id), None)
        assert answer["statusCode"] == 201, answer["body"]
