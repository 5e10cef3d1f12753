"""`GET /local/sent.html`: what was sent to whom, by channel, newest first."""

import json
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template_string, request
from markupsafe import Markup, escape

from shared import clock

from . import sent
from .sent_template import PAGE
from .store import Store

NAMES = {"wechat": "微信", "wecom": "企业微信", "sms": "短信"}
KINDS = {"text": "文本", "markdown": "Markdown", "textcard": "卡片", "template_card": "模板卡片"}
LABELS = {
    "title": "标题",
    "desc": "说明",
    "description": "说明",
    "url": "链接",
    "page": "页面",
    "card_type": "样式",
}
MOST = 200


def blueprint(store: Store) -> Blueprint:
    pages = Blueprint("sent_page", __name__, url_prefix="/local")

    @pages.get("/sent.html")
    def page() -> str:
        chosen = request.args.get("channel", "")
        everything = sent.listed(store)
        counts = {name: sum(m["channel"] == name for m in everything) for name in NAMES}
        messages = [m for m in reversed(everything) if chosen in ("", m["channel"])][:MOST]
        return render_template_string(
            PAGE,
            names=NAMES,
            counts=counts,
            total=len(everything),
            most=MOST,
            paused="paused" in request.args,
            chosen=chosen if chosen in NAMES else "",
            messages=[_shown(message) for message in messages],
        )

    return pages


def _shown(message: dict[str, Any]) -> dict[str, Any]:
    body, when = message["body"], clock.in_shanghai(datetime.fromisoformat(message["when"]))
    kind, lines, text = _parts(message["channel"], body)
    return {
        **message,
        "kind": kind,
        "lines": [(LABELS.get(name, name), value) for name, value in lines],
        "text": text,
        "day": f"{when.month}月{when.day}日",
        "time": f"{when:%H:%M:%S}",
        "raw": json.dumps(body, ensure_ascii=False, indent=2),
    }


def _parts(channel: str, body: dict[str, Any]) -> tuple[str, list[tuple[str, str]], Markup]:
    """What kind it is, its named values, and its running text."""
    if channel == "wechat":
        data = body.get("data", {})
        lines = [(name, str(field.get("value", ""))) for name, field in data.items()]
        if body.get("page"):
            lines.append(("page", str(body["page"])))
        return f"订阅消息 · {body.get('template_id', '')}", lines, Markup("")
    if channel == "sms":
        values = body.get("TemplateParamSet") or []
        lines = [(f"{{{number}}}", value) for number, value in enumerate(values, 1)]
        title = f"模板 {body.get('TemplateId', '')} · 【{body.get('SignName', '')}】"
        return title, lines, Markup("")
    return _wecom_parts(body)


def _wecom_parts(body: dict[str, Any]) -> tuple[str, list[tuple[str, str]], Markup]:
    kind = str(body.get("msgtype", ""))
    content = body.get(kind, {})
    if "content" in content:
        return KINDS.get(kind, kind), [], escape(content["content"])
    flat = [(name, str(value)) for name, value in content.items() if isinstance(value, str)]
    nested = [
        (name, str(inner))
        for value in content.values()
        if isinstance(value, dict)
        for name, inner in value.items()
    ]
    return KINDS.get(kind, kind), flat + nested, Markup("")
