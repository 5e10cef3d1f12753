"""`python -m tests.e2e.gateway --state DIR --port N`: the local gateway, with more people than the demonstration has."""

import argparse
import signal
from pathlib import Path

from local.gateway import Gateway


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    gateway = Gateway(given.state, port=given.port)
    gateway.start()

    from local import sample_ops
    from shared import audit_chain
    from shared.clock import now
    from tests.e2e.history import add_live, add_past
    from tests.e2e.people import add_people

    add_people()
    add_past()
    sample_ops.prepare()
    (given.state / "visits").write_text(" ".join(add_live()))
    audit_chain.seal_audit(until=now())  # what the hour's timer has not come to
    (given.state / "ready").touch()
    signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()
