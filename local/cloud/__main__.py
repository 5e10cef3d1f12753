"""`python -m local.cloud --state FOLDER --port N --callback-url URL [--object-url URL]`: the emulated cloud alone.

Prints one line of JSON with its two addresses when it answers. Everything else comes from shared.settings.
"""

import argparse
import json
import threading
from pathlib import Path

from werkzeug.serving import make_server

from shared.settings import settings

from .cloud import Cloud
from .cos import Quiet


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--callback-url", required=True)
    parser.add_argument("--object-url")
    parser.add_argument("--retry-seconds", type=float, default=10.0)
    args = parser.parse_args()
    cloud = Cloud(
        args.state,
        settings=settings(),
        callback_url=args.callback_url,
        on_object_created=args.object_url,
        callback_retry_seconds=args.retry_seconds,
    )
    server = make_server("127.0.0.1", args.port, cloud.app, threaded=True, request_handler=Quiet)
    cloud.start()
    threading.Thread(target=server.serve_forever).start()
    addresses = {"url": f"http://127.0.0.1:{server.port}", "cos": cloud.cos_endpoint}
    print(json.dumps(addresses), flush=True)


if __name__ == "__main__":
    main()
