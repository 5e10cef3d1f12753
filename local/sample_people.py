"""The made-up people of the demonstration. No name, number or phone belongs to anybody."""

import base64
import hashlib
from dataclasses import dataclass

from shared.models.officers import Role
from shared.rules.id_number import check_digit


def made_up_id_number(born: str, order: int) -> str:
    """Valid to the check digit; region 990000 does not exist. `born` as YYYYMMDD."""
    first_17 = f"990000{born}{order:03d}"
    return first_17 + check_digit(first_17)


@dataclass(frozen=True)
class SampleRelative:
    openid: str
    name: str
    id_number: str
    phone: str


@dataclass(frozen=True)
class SampleResident:
    number: str
    name: str
    ward: str


@dataclass(frozen=True)
class SampleOfficer:
    username: str
    wecom_user_id: str
    name: str
    roles: tuple[Role, ...]
    ward: str | None = None  # the whole site

    @property
    def totp_secret(self) -> str:
        """What an authenticator app would hold: the same in every demonstration."""
        return base64.b32encode(hashlib.sha1(self.username.encode()).digest()).decode()


SITE = "示例强制隔离戒毒所"
WARDS = ("一大队", "二大队")
PASSWORD = "demo-Password-1"

# The journey's relative: she is not in the database until she signs in.
LIN = SampleRelative("openid-lin", "林若云", made_up_id_number("19680312", 102), "13900000001")
# Ready to book: registered and checked, tied to the second resident.
GUO = SampleRelative("openid-guo", "郭志远", made_up_id_number("19601109", 211), "13900000002")

SON = SampleResident("20260117", "林小舟", WARDS[0])
BROTHER = SampleResident("20260245", "郭志明", WARDS[1])

OFFICERS = (
    SampleOfficer("wang", "wang.visit", "王警官", (Role.VISIT_OFFICER,)),
    SampleOfficer("zhao", "zhao.visit", "赵警官", (Role.VISIT_OFFICER, Role.WARD_OFFICER)),
    SampleOfficer("sun", "sun.lead", "孙所长", (Role.SUPERVISOR,)),
    SampleOfficer("qian", "qian.ops", "钱工", (Role.OPS_ENGINEER,)),
    SampleOfficer("he", "he.ops", "何专家", (Role.OPS_SPECIALIST,)),
    SampleOfficer("li", "li.ops", "李主管", (Role.OPS_LEAD,)),
    SampleOfficer("chen", "chen.ward", "陈警官", (Role.WARD_OFFICER,), ward=WARDS[0]),
    SampleOfficer("xitong", "xitong.admin", "周管理员", (Role.SYSTEM_ADMINISTRATOR,)),
    SampleOfficer("anquan", "anquan.admin", "吴管理员", (Role.SECURITY_ADMINISTRATOR,)),
    SampleOfficer("shenji", "shenji.admin", "郑管理员", (Role.AUDIT_ADMINISTRATOR,)),
)
