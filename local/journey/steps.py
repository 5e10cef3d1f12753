"""The steps of the journey, in order: title and what does it."""

from collections.abc import Callable

from local.journey import booking, registration, visit
from local.journey.world import World

Step = Callable[[World], str]

STEPS: tuple[tuple[str, Step], ...] = (
    ("微信登录", registration.signs_in_with_wechat),
    ("单独同意", registration.gives_consents),
    ("身份信息与证件照片", registration.proves_identity),
    ("手机号三要素核验", registration.checks_phone),
    ("人脸核验", registration.proves_her_face),
    ("亲属关系审核", registration.asks_for_the_relationship),
    ("开放会见时段", booking.opens_a_session),
    ("预约会见", booking.books),
    ("名额约满", booking.refuses_the_last_place_twice),
    ("两位民警同时审批", booking.two_officers_approve_at_once),
    ("微信通知家属", booking.family_is_told),
    ("会见前核验与入会", visit.joins_after_the_check),
    ("会见开始", visit.room_is_open),
    ("画面核对", visit.known_face_is_no_alert),
    ("陌生人预警", visit.stranger_raises_an_alert),
    ("结束会见", visit.officer_ends_the_visit),
    ("录像校验与回放", visit.recording_is_playable),
    ("第二场会见", visit.second_visit_without_recording),
    ("录像缺失与工单升级", visit.ticket_opens_and_escalates),
)
