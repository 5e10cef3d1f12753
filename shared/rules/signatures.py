"""How systems of the centre sign what they send us, and we what we send them. Pure.

text      = timestamp \\n nonce \\n METHOD \\n target \\n hex(hash(body))
target    = path, or with a query path?name=value&… sorted by name, percent-encoded (RFC 3986)
signature = hex(HMAC(key, text))          hash: SM3 or SHA-256, as the algorithm says
"""

import hmac
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import hmac as crypto_hmac

HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "HMAC-SM3": hashes.SM3,
    "HMAC-SHA256": hashes.SHA256,
}
# Clocks of two systems may differ; a request older than this is refused as a replay.
WINDOW = timedelta(minutes=5)


def target(path: str, query: Mapping[str, str]) -> str:
    """What is signed of an address. Sorted: SCF hands over a query's values, not its text."""
    if not query:
        return path
    return f"{path}?{urlencode(sorted(query.items()), quote_via=quote, safe='')}"


def sign(
    key: str, *, algorithm: str, timestamp: int, nonce: str, method: str, path: str, body: bytes
) -> str:
    """Lower-case hexadecimal. KeyError for an algorithm that is neither of the two."""
    kind = HASHES[algorithm]()
    digest = hashes.Hash(kind)
    digest.update(body)
    text = f"{timestamp}\n{nonce}\n{method}\n{path}\n{digest.finalize().hex()}"
    mac = crypto_hmac.HMAC(key.encode(), kind)
    mac.update(text.encode())
    return mac.finalize().hex()


def matches(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.lower().encode())
