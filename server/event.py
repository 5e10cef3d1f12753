"""One function as SCF's image function of type event: `FUNCTION=verify_face gunicorn -b 0.0.0.0:9000 server.event:app`.

SCF posts each event as JSON to /event-invoke at port 9000 and takes the body of the answer for the result.
"""

import json
import os
from importlib import import_module

from werkzeug.wrappers import Request, Response

INVOKE = "/event-invoke"


@Request.application
def app(request: Request) -> Response:
    if request.path != INVOKE or request.method != "POST":
        return Response(status=404)
    handler = import_module(f"functions.{os.environ['FUNCTION']}.handler").main
    context = {"request_id": request.headers.get("X-Scf-Request-Id", "")}
    answer = handler(json.loads(request.get_data()), context)
    return Response(json.dumps(answer, ensure_ascii=False), content_type="application/json")
