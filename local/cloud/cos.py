"""COS: moto's S3 behind a layer that has each object on disk before its creation is acknowledged."""

import io
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.moto_server.werkzeug_app import create_backend_app
from moto.s3.models import FakeKey, S3Backend, s3_backends
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from . import cos_auth, cos_event
from .cos_disk import Disk
from .faults import Environ, FaultLine, Faults

STATUS = {"NoSuchKey": 404, "NoSuchBucket": 404, "MissingContentLength": 411, "SlowDown": 503}
METHODS = {"GET": "get", "HEAD": "head", "PUT": "put", "DELETE": "delete", "POST": "post"}
BUCKET_SETTINGS = ("acl", "tagging", "retention", "legal-hold", "restore")
Created = Callable[[dict[str, Any]], None]

# The bucket's CORS rule: the officers' page puts attachments there (docs/decisions.md).
UPLOADS_FROM_A_PAGE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "PUT",
    "Access-Control-Allow-Headers": "content-type",
}


class Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """No line for each request: keys and signatures stay out of the log."""


class Cos:
    """One bucket on one loopback port, listening from construction on, answering from `start` on.

    `created` is told of every new object, after it is safe and before its creation is acknowledged. moto keeps its
    objects in the process, so one process runs one Cos at a time.
    """

    def __init__(
        self,
        folder: Path,
        *,
        bucket: str,
        region: str,
        secrets: Mapping[str, str],
        faults: Faults,
        created: Created,
        port: int = 0,
    ) -> None:
        self._bucket, self._region, self._secrets = bucket, region, secrets
        self._created, self._disk = created, Disk(folder)
        self._turn = threading.Lock()
        self._moto = create_backend_app("s3")
        self._faulty = FaultLine(self._served, faults, self._call_name, _refusal)
        self._socket = _listening(port)
        self.port = int(self._socket.getsockname()[1])
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None
        self._load()

    def start(self) -> None:
        self._server = make_server(
            "127.0.0.1", self.port, self, threaded=True,
            request_handler=Quiet, fd=self._socket.fileno(),
        )  # fmt: skip
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        if self._server and self._thread:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server = None
        self._socket.close()

    def put(self, key: str, value: bytes, content_type: str) -> None:
        """An object that the cloud itself writes, such as a recording."""
        with self._turn:
            made = self._backend().put_object(self._bucket, key, value)
            made.set_metadata({"content-type": content_type})
            self._save(key, made)
        self._announce(key, made, "Put")

    def has(self, key: str) -> bool:
        return self._backend().get_object(self._bucket, key) is not None

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        return self._faulty(environ, start_response)

    def _call_name(self, environ: Environ) -> str:
        request = Request(environ)
        if not self._key(request):
            return "cos.list"
        return f"cos.{METHODS.get(request.method, 'other')}"

    def _served(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "OPTIONS":
            return Response(headers=UPLOADS_FROM_A_PAGE)(environ, start_response)
        if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
            return _error("MissingContentLength")(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ = {**environ, "wsgi.input": io.BytesIO(body)}
        request = Request({**environ, "wsgi.input": io.BytesIO(body)})
        try:
            cos_auth.verify(request, body, self._secrets)
        except (cos_auth.Refused, KeyError, ValueError) as error:
            code = str(error) if isinstance(error, cos_auth.Refused) else "AccessDenied"
            return _error(code)(environ, start_response)
        return self._answer(request, body, environ)(environ, start_response)

    def _answer(self, request: Request, body: bytes, environ: Environ) -> Response:
        key, how = self._key(request), _kind_of_creation(request)
        if request.method == "POST" and not {"delete", "uploads", "uploadId"} & set(request.args):
            return _error("NotImplemented")  # form uploads: COS's acceptance is not known
        if request.method in ("GET", "HEAD"):
            return Response.from_app(self._moto, environ, buffered=True)
        made = None
        with self._turn:
            answer = Response.from_app(self._moto, environ, buffered=True)
            if answer.status_code < 300:
                made = self._keep(request, key, how, body)
        if made:
            self._announce(key, made, how)
        return answer

    def _keep(self, request: Request, key: str, how: str, body: bytes) -> FakeKey | None:
        """Bring the disk up to date; the object that was created, if one was."""
        if how:
            made = self._backend().get_object(self._bucket, key)
            if made is not None:
                self._save(key, made)
            return made
        if request.method == "DELETE" and key and "uploadId" not in request.args:
            self._disk.remove(key)
        if request.method == "POST" and "delete" in request.args:
            for node in ElementTree.fromstring(body).iter():
                if node.tag.rpartition("}")[2] == "Key":
                    self._disk.remove(node.text or "")
        return None

    def _save(self, key: str, made: FakeKey) -> None:
        about = {
            "etag": made.etag.strip('"'),
            "modified": made.last_modified.isoformat(),
            "metadata": dict(made.metadata),
        }
        self._disk.write(key, about, made.value)

    def _load(self) -> None:
        self._backend().reset()
        self._backend().create_bucket(self._bucket, "us-east-1")
        for about, value in self._disk.read_all():
            made = self._backend().put_object(
                self._bucket, about["key"], value, etag=about["etag"], disable_notification=True
            )
            made.set_metadata(about["metadata"])
            made.last_modified = datetime.fromisoformat(about["modified"])

    def _announce(self, key: str, made: FakeKey, how: str) -> None:
        self._created(
            cos_event.created(
                bucket=self._bucket, region=self._region, key=key, how=how,
                size=made.contentsize, content_type=made.metadata.get("content-type", ""),
            )
        )  # fmt: skip

    def _backend(self) -> S3Backend:
        return s3_backends[DEFAULT_ACCOUNT_ID]["aws"]

    def _key(self, request: Request) -> str:
        return request.path.removeprefix(f"/{self._bucket}").lstrip("/")


def _kind_of_creation(request: Request) -> str:
    """Put, Copy or CompleteMultipartUpload; nothing for requests that create no object."""
    if request.method == "POST" and "uploadId" in request.args:
        return "CompleteMultipartUpload"
    if request.method != "PUT" or {"uploadId", *BUCKET_SETTINGS} & set(request.args):
        return ""
    return "Copy" if "x-amz-copy-source" in request.headers else "Put"


def _listening(port: int) -> socket.socket:
    """On `port` if it is free, else on any: a restart keeps its address, so presigned links live on."""
    for number in (port, 0):
        line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind(("127.0.0.1", number))
        except OSError:
            line.close()
            continue
        line.listen(128)
        return line
    raise OSError("no free loopback port")


def _error(code: str) -> Response:
    text = f"<Error><Code>{code}</Code><Message>emulated</Message></Error>"
    return Response(text, status=STATUS.get(code, 403), content_type="application/xml")


def _refusal(_call: str, code: str) -> Response:
    return _error(code or "AccessDenied")
