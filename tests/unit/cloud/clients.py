"""Official clients pointed at an emulated cloud."""

from typing import Any

import boto3
from botocore.config import Config
from tencentcloud.common import credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

from .harness import SETTINGS, Served


def tencent(
    served: Served,
    client: type,
    *,
    secret: str = SETTINGS.tencent_secret_key,
    secret_id: str = SETTINGS.tencent_secret_id,
) -> Any:
    profile = ClientProfile(
        httpProfile=HttpProfile(protocol="http", endpoint=served.host, reqTimeout=5)
    )
    identity = credential.Credential(secret_id, secret)
    return client(identity, SETTINGS.tencent_region, profile)


def s3(endpoint: str, *, secret: str = SETTINGS.tencent_secret_key) -> Any:
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        retries={"total_max_attempts": 1},
    )
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=SETTINGS.tencent_region,
        aws_access_key_id=SETTINGS.tencent_secret_id,
        aws_secret_access_key=secret,
        config=config,
    )
