"""The event that a function gets when an object has been created in COS (cloud-facts 7.3)."""

import secrets
from typing import Any
from urllib.parse import quote

from . import moment

SHORT_REGIONS = {"ap-guangzhou": "gz", "ap-shanghai": "sh", "ap-beijing": "bj", "ap-chengdu": "cd"}


def created(
    *, bucket: str, region: str, key: str, size: int, content_type: str, how: str
) -> dict[str, Any]:
    """`how` is Put, Copy or CompleteMultipartUpload. The key stands as it is, the url is URL-encoded: the vendor's
    own sample functions use the key undecoded."""
    name, _, appid = bucket.rpartition("-")
    return {
        "Records": [
            {
                "cos": {
                    "cosSchemaVersion": "1.0",
                    "cosObject": {
                        "url": f"http://{bucket}.cos.{region}.myqcloud.com/{quote(key)}",
                        "meta": {
                            "x-cos-request-id": secrets.token_urlsafe(24),
                            "Content-Type": content_type,
                        },
                        "vid": "",
                        "key": f"/{appid}/{name}/{key}",
                        "size": size,
                    },
                    "cosBucket": {
                        "region": SHORT_REGIONS.get(region, region),
                        "name": name,
                        "appid": appid,
                        "s3Region": region,
                        "cosRegion": region,
                    },
                    "cosNotificationId": "unkown",  # the vendor's spelling
                },
                "event": {
                    "eventName": f"cos:ObjectCreated:{how}",
                    "eventVersion": "1.0",
                    "eventTime": int(moment.seconds()),
                    "eventSource": "qcs::cos",
                    "requestParameters": {
                        "requestSourceIP": "127.0.0.1",
                        "requestHeaders": {"Authorization": "..."},
                    },
                },
            }
        ]
    }
