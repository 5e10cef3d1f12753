"""WeCom's sign-in page: inside WeCom it answers at once; here a click chooses who is holding the phone."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template_string, request
from werkzeug.wrappers import Response

from .calls import failed, json_answer

if TYPE_CHECKING:
    from .cloud import Cloud

PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>企业微信登录（演示）</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{font:16px/1.6 sans-serif;max-width:26rem;margin:3rem auto;padding:0 1rem}
a{display:block;padding:.8rem 1rem;margin:.5rem 0;border:1px solid #ccc;border-radius:.5rem;text-decoration:none}</style>
<h1>企业微信登录（演示）</h1><p>真实环境中，企业微信直接告诉系统是谁。请选择：</p>
{% for name, address in users %}<a href="{{ address }}">{{ name }}</a>{% endfor %}</html>"""


def blueprint(cloud: "Cloud") -> Blueprint:
    pages = Blueprint("wecom_authorize", __name__, url_prefix="/wecom/connect/oauth2")

    @pages.get("/authorize")
    def authorize() -> Response | str:
        if request.args.get("appid") != cloud.settings.wecom_corp_id:
            return json_answer(failed(40013, "invalid corpid"))
        back = request.args.get("redirect_uri", "")
        if back != cloud.settings.officer_page_url:
            return json_answer(failed(50001, "redirect_url domain not trusted"))
        chosen = request.args.get("userid")
        if chosen is None:
            return render_template_string(PAGE, users=_users(cloud))
        issued = cloud.wecom.issue_code({"userid": chosen})
        query = urlencode({"code": issued["code"], "state": request.args.get("state", "")})
        return redirect(f"{back}?{query}")

    return pages


def _users(cloud: "Cloud") -> list[tuple[str, str]]:
    asked = request.args.to_dict()
    names = (cloud.store.get("wecom_users", "all") or {}).get("users") or []
    return [(name, f"?{urlencode({**asked, 'userid': name})}") for name in names]
