"""What is stored of a relative, table by table, and what an erasure does with it.

A test holds this to the tables: a new one that points at a relative, or seals something, must be decided upon here.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kept:
    """What stays after an erasure, and why. Families read both."""

    what: str
    why: str


# Rows that go, or lose whatever tells the person.
ERASED = {
    "relative": "becomes a pseudonym: no name, number, phone, WeChat account or photo",
    "relationship": "ends; proofs deleted; the kinship stays with the pseudonym",
    "unmatched_request": "deleted",
    "companion_code": "deleted",
    "waiting_entry": "deleted",
    "manual_check": "what is open ends; decisions stay with the pseudonym",
    "face_check": "media, scores and tokens deleted; that a check took place stays until its own time is over",
    "face_template": "deleted",
    "family_phone": "number and owner deleted; the phone system is told to stop it",
    "phone_check_job": "number and its tail deleted",
    "outbox": "messages to the person deleted",
    "idempotency_record": "deleted; when relationships were asked for stays a day, under a hash of the account",
    "phone_check_count": "counts of the person and of the number deleted",
    "frame": "pictures of finished visits deleted, but for those that an alert points at",
    "visit_participant": "device tests deleted; that the pseudonym took part stays",
}
KEPT = {
    "visit": Kept("会见记录（时间、状态、去标识的参加人）", "会见管理和核查的依据"),
    "recording": Kept("会见录音录像", "会见须录音录像，按本所规定的期限保存，到期删除"),
    "alert": Kept("会见中的预警及其画面", "安全核查的依据，按本所规定的期限保存"),
    "consent": Kept("同意与撤回的记录（去标识）", "证明处理个人信息取得过同意"),
    "audit_event": Kept("操作审计（去标识）", "证明谁在何时处理过个人信息，防止篡改"),
    "phone_check": Kept("手机号核验的次数与费用（去标识）", "核验费用的对账"),
    "phone_call": Kept("亲情电话通话记录", "由亲情电话系统产生，按本所规定的期限保存"),
    "onsite_visitor": Kept("现场会见系统交付的登记", "属于现场会见系统，请向本所申请更正或删除"),
    "onsite_visit": Kept("现场会见记录", "属于现场会见系统，请向本所申请更正或删除"),
}
# Sealed, and of nobody's family: staff, residents, machines, operations.
OTHERS = {
    "access_token",
    "connected_system",
    "device_event",
    "inspection_item",
    "knowledge_case",
    "officer",
    "resident",
    "ticket",
    "ticket_attachment",
    "ticket_event",
    "training",
}
