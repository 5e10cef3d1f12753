"""COS: what stands on the wire in production, and behaviour against an S3 server on loopback."""

import hashlib
import io
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.awsrequest import AWSResponse
from moto.server import ThreadedMotoServer

from shared.clients import storage
from shared.clients.errors import ProviderError, ProviderRefused, ProviderUnavailable

from .conftest import Answer, Configure, Provider
from .test_wechat import assert_nothing_secret

BUCKET = "visits-1250000000"
HOST = f"{BUCKET}.cos.ap-guangzhou.myqcloud.com"


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def cos(moto: str, configure: Configure) -> None:
    # A proxy that is not there: everything below also shows that loopback goes around it.
    configure(cos_endpoint=moto, cos_addressing="path", http_proxy="http://127.0.0.1:9")
    with suppress(storage._client().exceptions.BucketAlreadyOwnedByYou):
        storage._client().create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-guangzhou"}
        )
    for item in storage._client().list_objects(Bucket=BUCKET).get("Contents", []):
        storage._client().delete_object(Bucket=BUCKET, Key=item["Key"])


@pytest.fixture
def https_request(configure: Configure) -> list[Any]:
    """What would go out to the real host, caught just before."""
    configure()
    caught: list[Any] = []

    def keep(request: Any, **_: Any) -> AWSResponse:
        caught.append(request)
        return AWSResponse(request.url, 200, {}, _Raw(b""))

    storage._client().meta.events.register("before-send.s3", keep)
    return caught


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def test_an_upload_over_https_has_a_length_and_is_not_chunked(https_request: list[Any]) -> None:
    storage.write("photos/a.jpg", b"picture", "image/jpeg")
    (request,) = https_request
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert request.url == f"https://{HOST}/photos/a.jpg"
    assert headers["content-length"] == "7"
    assert headers["x-amz-content-sha256"] in (
        b"UNSIGNED-PAYLOAD",
        hashlib.sha256(b"picture").hexdigest().encode(),
    )
    assert "transfer-encoding" not in headers
    assert b"aws-chunked" not in headers.get("content-encoding", b"")
    assert not [name for name in headers if name.startswith(("x-amz-checksum", "x-amz-trailer"))]


@pytest.mark.usefixtures("configure")
def test_presigned_urls_name_the_bucket_in_the_host() -> None:
    put = urlsplit(storage.presigned_put("photos/a.jpg", content_type="image/jpeg", seconds=600))
    get = urlsplit(storage.presigned_get("visits/v1/t+1/a.mp4", seconds=60))
    assert (put.scheme, put.netloc, put.path) == ("https", HOST, "/photos/a.jpg")
    assert (get.netloc, get.path) == (HOST, "/visits/v1/t%2B1/a.mp4")
    assert parse_qs(put.query)["X-Amz-Expires"] == ["600"]
    assert parse_qs(put.query)["X-Amz-SignedHeaders"] == ["content-type;host"]
    assert "checksum" not in put.query.lower()


def test_temporary_credentials_are_in_the_url(configure: Configure) -> None:
    configure(tencent_session_token="session-1")
    assert "X-Amz-Security-Token=session-1" in storage.presigned_get("a", seconds=60)


def test_the_client_is_built_once(configure: Configure) -> None:
    configure()
    assert storage._client() is storage._client()


@pytest.mark.usefixtures("cos")
def test_what_was_written_can_be_read() -> None:
    storage.write("photos/a b+c.jpg", b"picture", "image/jpeg")
    assert storage.read("photos/a b+c.jpg", limit=7) == b"picture"
    assert storage.head("photos/a b+c.jpg") == storage.StoredObject(
        7, hashlib.md5(b"picture").hexdigest(), "image/jpeg"
    )
    storage.delete("photos/a b+c.jpg")
    storage.delete("photos/a b+c.jpg")
    assert storage.head("photos/a b+c.jpg") is None


@pytest.mark.usefixtures("cos")
def test_missing_and_too_large() -> None:
    storage.write("a", b"12345678", "text/plain")
    with pytest.raises(storage.ObjectTooLarge):
        storage.read("a", limit=7)
    with pytest.raises(storage.ObjectMissing):
        storage.read("b", limit=7)
    with pytest.raises(storage.ObjectMissing):
        storage.sha256("b")


@pytest.mark.usefixtures("cos")
def test_checksum_of_an_object_larger_than_a_chunk() -> None:
    data = bytes(range(256)) * 10_000
    storage.write("a.mp4", data, "video/mp4")
    assert storage.sha256("a.mp4") == hashlib.sha256(data).hexdigest()


@pytest.mark.usefixtures("cos")
def test_keys_over_several_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "PAGE", 2)
    names = [f"visits/v1/t+{number}" for number in range(5)]
    for name in [*names, "visits/v2/t"]:
        storage.write(name, b"123", "text/plain")
    found = storage.keys("visits/v1/", 10)
    assert [(one.key, one.size) for one in found] == [(name, 3) for name in names]
    assert found[0].changed_at.tzinfo is not None
    assert [one.key for one in storage.keys("visits/", 3)] == names[:3]
    assert storage.keys("nothing/", 10) == []


def xml(code: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>hush-tencent</Message></Error>".encode()


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (Answer(xml("AccessDenied"), 403), ProviderRefused, "AccessDenied"),
        (Answer(b"", 403), ProviderRefused, "http_403"),
        (Answer(xml("SlowDown"), 503), ProviderUnavailable, "SlowDown"),
        (Answer(b"hush-tencent", 500), ProviderUnavailable, "http_500"),
        (Answer(delay_s=20), ProviderUnavailable, "timeout"),
        (Answer(b" " * 900, drip_s=0.02), ProviderUnavailable, "timeout"),
        (Answer(b"12", headers={"Content-Length": "9"}), ProviderUnavailable, "no_connection"),
    ],
)
@pytest.mark.usefixtures("short_limits")
def test_failures_have_names(
    provider: Provider,
    configure: Configure,
    monkeypatch: pytest.MonkeyPatch,
    answer: Answer,
    kind: type[ProviderError],
    code: str,
) -> None:
    monkeypatch.setattr(storage, "CHUNK_BYTES", 10)
    configure(cos_endpoint=provider.url, cos_addressing="path", tencent_secret_key="hush-tencent")
    provider.on(f"/{BUCKET}/a", answer)
    begun = time.monotonic()
    with pytest.raises(ProviderError) as caught:
        storage.read("a", limit=1000)
    assert time.monotonic() - begun < 5
    assert (type(caught.value), caught.value.code) == (kind, code)
    assert len(provider.seen) == 1
    assert_nothing_secret(caught.value)


def test_nobody_there(configure: Configure) -> None:
    configure(cos_endpoint="http://127.0.0.1:9", cos_addressing="path")
    with pytest.raises(ProviderUnavailable, match="no_connection") as caught:
        storage.head("visits/v1/a.mp4")
    assert_nothing_secret(caught.value)


def test_an_empty_key_is_refused_before_it_leaves(configure: Configure) -> None:
    configure()
    with pytest.raises(ProviderRefused, match="bad_request"):
        storage.head("")
