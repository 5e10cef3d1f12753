"""Thin, synchronous clients of everything outside. Every failure is one of `shared.clients.errors`.

The SDKs are imported inside the functions that use them: a cold start pays only for what it calls.
"""

import logging

# At DEBUG these print request bodies and URLs, and with them key pairs, tokens and names.
for _name in ("urllib3.connectionpool", "tencentcloud_sdk_common", "botocore", "boto3", "wechatpy"):
    logging.getLogger(_name).setLevel(logging.INFO)
