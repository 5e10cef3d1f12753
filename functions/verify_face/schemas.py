"""Requests and answers of `verify_face`. Descriptions are read by the mini-program's developers: in Chinese."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from shared.http.fields import Answer, Body, Id, IdNumber, Name
from shared.models.faces import FaceCheckPurpose, FaceCheckStatus


class StartCheck(Body):
    """purpose：registration 登记、visit 会见前、recovery 更换微信后找回登记。
    visit 须带 visit_id；recovery 须带原登记的 name 与 id_number。
    method：clip 录制视频（默认）；eid 使用 E 证通插件（开通后可用，未开通返回 422）。
    mirrored：所录视频是否左右镜像。微信 CameraContext.startRecord 的 selfieMode 默认为 true，录出的前置视频是镜像的：
    请设 selfieMode: false 并传 false（默认），或保留默认并传 true；两者不一致时左右转头会判反（turned_other_way）。"""

    purpose: FaceCheckPurpose
    method: Literal["clip", "eid"] = "clip"
    visit_id: Id | None = None
    name: Name | None = None
    id_number: IdNumber | None = None
    mirrored: bool = False


class Challenge(Answer):
    """method 为 clip：请家属按 prompts 的顺序做动作，录制 3 至 20 秒的 mp4（不超过 8 MB），用 PUT 上传到 url
    （请求头 Content-Type 必须等于 content_type），再调用 submit。method 为 eid：用 eid_token 打开 E 证通插件，
    完成后调用 submit。expires_at 之后须重新开始；tries_left 为今天还剩的次数。"""

    id: str
    method: Literal["clip", "eid"]
    actions: list[str]
    prompts: list[str]
    url: str | None = None
    content_type: str | None = None
    eid_token: str | None = None
    expires_at: datetime
    tries_left: int


class CheckPath(Body):
    check_id: Id


class ReasonAnswer(Answer):
    """code 供程序判断，长期不变；text 直接显示给家属。"""

    code: str
    text: str


class CheckAnswer(Answer):
    """status：passed 通过；ask_again 请按 reasons 改进后重新开始；refused 未通过；review 已转民警人工核对，结果会以
    订阅消息通知，也可轮询本接口；could_not_check 服务不可用，本次未作核验，不占次数；superseded 已作废；
    challenged、checking 尚未得出结果，可再次调用 submit。
    card_text：证件文字识别。not_used 未启用（没有任何系统读取或猜测证件上的文字）；same 与填写一致；different 不一致；
    unread 未能识别。"""

    id: str
    purpose: FaceCheckPurpose
    status: FaceCheckStatus
    reasons: Annotated[list[ReasonAnswer], Field(default_factory=list)]
    tries_left: int
    card_text: Literal["not_used", "same", "different", "unread"]
