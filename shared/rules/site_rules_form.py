"""Which site rules an officer may change, what they are called, and within what bounds: pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from shared.errors import Reason, reason
from shared.rules.quota import Channel, Period, QuotaRule
from shared.rules.site_rules import SiteRules


@dataclass(frozen=True)
class Bounds:
    label: str
    lowest: int
    highest: int


SETTABLE = {
    "minutes_per_visit": Bounds("每次会见时长（分钟）", 10, 120),
    "max_relatives": Bounds("每次会见亲属人数上限", 1, 6),
    "book_days_ahead_min": Bounds("最少提前预约天数", 0, 14),
    "book_days_ahead_max": Bounds("最多提前预约天数", 1, 60),
    "cancel_hours_before": Bounds("会见前多少小时内不能取消", 0, 72),
    "decide_hours_before": Bounds("会见前多少小时仍未审核即失效", 0, 72),
    "review_hours": Bounds("审核时限（小时）", 1, 240),
    "review_reminder_hours": Bounds("审核到期前多少小时提醒民警", 1, 72),
    "request_days_max": Bounds("关系、亲情电话、人工核验申请最长等待天数", 2, 30),
    "approvals_per_visit": Bounds("会见申请需几位民警审核", 1, 2),
    "approvals_per_relationship": Bounds("亲属关系需几位民警审核", 1, 2),
    "waiting_offer_minutes": Bounds("候补名额保留时间（分钟，夜间不计）", 15, 1440),
    "waiting_entries_max": Bounds("每位家属同时候补的时段数", 0, 10),
    "check_in_minutes_before": Bounds("提前进入会见室（分钟）", 5, 60),
    "no_show_minutes_after": Bounds("迟到多少分钟视为未到", 5, 30),
    "no_shows_to_suspend": Bounds("未到几次暂停预约", 1, 10),
    "no_show_window_days": Bounds("未到次数统计天数", 7, 365),
    "suspension_days": Bounds("暂停预约天数", 1, 180),
    "face_check_minutes": Bounds("会见前人脸核验有效时间（分钟）", 10, 120),
    "recording_late_minutes": Bounds("录像迟到判定（分钟）", 5, 240),
    "recording_days": Bounds("录音录像保存天数", 90, 3650),
    "alert_frames": Bounds("连续几张异常画面触发预警", 1, 6),
    "alert_absent_seconds": Bounds("画面无人多少秒后提示", 30, 600),
    "people_at_terminal": Bounds("所内终端前允许的人数", 1, 6),
    "stranger_distance": Bounds("判定为陌生人的人脸距离（百分之一，越大越宽松）", 38, 55),
    "extend_minutes_max": Bounds("会见最多延长（分钟）", 0, 30),
    "phone_checks_per_relative_day": Bounds("每位家属每天手机号核验次数", 1, 20),
    "phone_checks_per_number_day": Bounds("每个号码每天核验次数", 1, 20),
    "phone_checks_per_site_day": Bounds("本所每天手机号核验次数", 1, 100_000),
    "phone_recheck_days": Bounds("亲情电话复核周期（天）", 7, 365),
    "family_phones_per_resident": Bounds("每位戒毒人员亲情电话个数", 1, 20),
}
QUOTA = "quota"


def problems_in(changes: Mapping[str, Any], before: SiteRules) -> list[Reason]:
    """Everything that is wrong with them, none if they may be made."""
    found = [one for name, value in changes.items() for one in _about(name, value)]
    after = {**asdict(before), **changes}
    earliest, latest = after["book_days_ahead_min"], after["book_days_ahead_max"]
    if not found and earliest > latest:
        found.append(reason("rules_days_ahead", "book_days_ahead_min"))
    return found


def _about(name: str, value: Any) -> list[Reason]:
    if name == QUOTA:  # its shape is the request's
        return []
    bounds = SETTABLE.get(name)
    if bounds is None:
        return [reason("rule_unknown", name)]
    if bounds.lowest <= value <= bounds.highest:
        return []
    return [reason("rule_out_of_bounds", name, **asdict(bounds))]


def as_json(rule: QuotaRule) -> dict[str, Any]:
    """As `QuotaRule.of` reads it."""
    return {
        "channels": [one.value for one in Channel if one in rule.channels],
        "per": Period(rule.per).value,
        "count": rule.count,
        "levels": sorted(rule.levels),
    }
