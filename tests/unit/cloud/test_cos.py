"""COS through boto3 and through presigned links."""

import time
from pathlib import Path
from typing import Any

import pytest
import requests
from botocore.exceptions import ClientError

from .clients import s3
from .harness import SETTINGS, Receiver, Served, until

BUCKET = SETTINGS.cos_bucket
KEY = "visits/v-1/-m1+2../a b 张.jpg"


def client(served: Served) -> Any:
    return s3(served.cloud.cos_endpoint)


def body(served: Served, key: str) -> bytes:
    return bytes(client(served).get_object(Bucket=BUCKET, Key=key)["Body"].read())


def test_an_object_and_its_event(served: Served) -> None:
    client(served).put_object(Bucket=BUCKET, Key=KEY, Body=b"jpeg", ContentType="image/jpeg")
    assert body(served, KEY) == b"jpeg"
    until(lambda: len(served.created) == 1)
    record = served.created[0]["Records"][0]
    assert record["event"]["eventName"] == "cos:ObjectCreated:Put"
    assert record["cos"]["cosObject"]["key"] == f"/1250000000/visits/{KEY}"
    assert record["cos"]["cosObject"]["url"].endswith("/a%20b%20%E5%BC%A0.jpg")
    assert record["cos"]["cosObject"]["size"] == 4
    assert record["cos"]["cosBucket"]["appid"] == "1250000000"


def test_presigned_links_need_nothing_but_requests(served: Served) -> None:
    asked = {"Bucket": BUCKET, "Key": KEY, "ContentType": "image/jpeg"}
    link = client(served).generate_presigned_url("put_object", Params=asked, ExpiresIn=60)
    headers = {"Content-Type": "image/jpeg"}
    assert requests.put(link, data=b"jpeg", timeout=5).status_code == 403
    assert requests.put(link, data=b"jpeg", headers=headers, timeout=5).status_code == 200
    del asked["ContentType"]
    link = client(served).generate_presigned_url("get_object", Params=asked, ExpiresIn=60)
    answer = requests.get(link, timeout=5)
    assert (answer.content, answer.headers["Content-Type"]) == (b"jpeg", "image/jpeg")
    assert requests.get(link.replace("v-1", "v-2"), timeout=5).status_code == 403
    late = client(served).generate_presigned_url("get_object", Params=asked, ExpiresIn=1)
    time.sleep(2.1)
    assert requests.get(late, timeout=5).status_code == 403


def test_strangers_are_refused(served: Served) -> None:
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        s3(served.cloud.cos_endpoint, secret="wrong").put_object(Bucket=BUCKET, Key="x", Body=b"")
    answer = requests.get(f"{served.cloud.cos_endpoint}/{BUCKET}/x", timeout=5)
    assert answer.status_code == 403
    chunks = iter([b"a", b"b"])
    answer = requests.put(f"{served.cloud.cos_endpoint}/{BUCKET}/x", data=chunks, timeout=5)
    assert (answer.status_code, "MissingContentLength" in answer.text) == (411, True)


def test_everything_is_there_after_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    first = Served(tmp_path, receiver.url)
    cos, endpoint = client(first), first.cloud.cos_endpoint
    cos.put_object(Bucket=BUCKET, Key=KEY, Body=b"one", Metadata={"visit": "v1"})
    cos.put_object(Bucket=BUCKET, Key="gone", Body=b"x")
    cos.put_object(Bucket=BUCKET, Key="gone too", Body=b"x")
    cos.delete_object(Bucket=BUCKET, Key="gone")
    cos.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "gone too"}]})
    cos.copy_object(Bucket=BUCKET, Key="copy", CopySource={"Bucket": BUCKET, "Key": KEY})
    upload = cos.create_multipart_upload(Bucket=BUCKET, Key="parts")["UploadId"]
    part = {"Bucket": BUCKET, "Key": "parts", "UploadId": upload}
    tag = cos.upload_part(**part, PartNumber=1, Body=b"piece")["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": tag}]}
    etag = cos.complete_multipart_upload(**part, MultipartUpload=parts)["ETag"]
    before = cos.head_object(Bucket=BUCKET, Key=KEY)
    first.close()

    second = Served(tmp_path, receiver.url)
    assert second.cloud.cos_endpoint == endpoint
    cos = client(second)
    listed = cos.list_objects_v2(Bucket=BUCKET)["Contents"]
    assert {item["Key"] for item in listed} == {KEY, "copy", "parts"}
    after = cos.head_object(Bucket=BUCKET, Key=KEY)
    assert (after["ETag"], after["Metadata"]) == (before["ETag"], {"visit": "v1"})
    assert after["LastModified"] == before["LastModified"]
    assert cos.head_object(Bucket=BUCKET, Key="parts")["ETag"] == etag
    assert body(second, "parts") == b"piece" and body(second, "copy") == b"one"
    second.close()


def test_how_an_object_came_about_is_in_its_event(served: Served) -> None:
    cos = client(served)
    cos.put_object(Bucket=BUCKET, Key="a", Body=b"1")
    cos.copy_object(Bucket=BUCKET, Key="b", CopySource={"Bucket": BUCKET, "Key": "a"})
    until(lambda: len(served.created) == 2)
    names = [event["Records"][0]["event"]["eventName"] for event in served.created]
    assert names == ["cos:ObjectCreated:Put", "cos:ObjectCreated:Copy"]
