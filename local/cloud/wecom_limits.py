"""What WeCom takes in a message: kinds, needed fields, lengths in UTF-8 bytes."""

from typing import Any

# field -> longest in bytes; None where the vendor names no limit
APPLICATION: dict[str, dict[str, int | None]] = {
    "text": {"content": 2048},
    "markdown": {"content": 2048},
    "textcard": {"title": 128, "description": 512, "url": 2048},
    "template_card": {"card_type": None},
}
BOT: dict[str, dict[str, int | None]] = {
    "text": {"content": 2048},
    "markdown": {"content": 4096},
    "markdown_v2": {"content": 4096},
    "image": {"base64": None, "md5": None},
    "news": {"articles": None},
    "template_card": {"card_type": None},
}
RECEIVERS = 1000
Problem = tuple[int, str]


def message_problem(body: dict[str, Any]) -> Problem | None:
    if not any(body.get(name) for name in ("touser", "toparty", "totag")):
        return 40035, "touser, toparty and totag are all empty"
    if len(str(body.get("touser", "")).split("|")) > RECEIVERS:
        return 40058, f"touser: more than {RECEIVERS}"
    return _content_problem(body, APPLICATION)


def bot_problem(body: dict[str, Any]) -> Problem | None:
    return _content_problem(body, BOT)


def _content_problem(
    body: dict[str, Any], kinds: dict[str, dict[str, int | None]]
) -> Problem | None:
    kind = str(body.get("msgtype", ""))
    if kind not in kinds:
        return 40008, "invalid message type"
    content = body.get(kind)
    if not isinstance(content, dict):
        return 40063, f"{kind} is missing"
    for name, limit in kinds[kind].items():
        if not content.get(name):
            return 44004, f"{kind}.{name} is empty"
        if limit and len(str(content[name]).encode()) > limit:
            return 40058, f"{kind}.{name} exceed max length {limit}"
    return None
