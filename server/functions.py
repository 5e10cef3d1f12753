"""Which function serves which address."""

PREFIXES = {
    "/booking/": "booking",
    "/verify-face/": "verify_face",
    "/approve/": "approve",
    "/monitor/": "monitor_hook",
    "/phone/": "phone_realname",
    "/ops/": "ops_ticket",
}


def function_of(path: str) -> str | None:
    return next((name for prefix, name in PREFIXES.items() if path.startswith(prefix)), None)
