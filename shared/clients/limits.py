"""What every call outside keeps to: time limits in seconds, and no proxy on this machine."""

import ipaddress
from urllib.parse import urlsplit

CONNECT_S = 2.0
TOTAL_S = 5.0


def is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
