"""What roles are called, and which of them one person may hold together."""

from collections.abc import Collection

from shared.models.officers import ADMINISTRATORS, Role

NAMES = {
    Role.WARD_OFFICER: "大队民警",
    Role.VISIT_OFFICER: "会见中心民警",
    Role.SUPERVISOR: "所领导",
    Role.OPS_ENGINEER: "运维工程师",
    Role.OPS_SPECIALIST: "技术专家",
    Role.OPS_LEAD: "运维负责人",
    Role.SYSTEM_ADMINISTRATOR: "系统管理员",
    Role.SECURITY_ADMINISTRATOR: "安全管理员",
    Role.AUDIT_ADMINISTRATOR: "审计管理员",
}


def exclude_each_other(roles: Collection[Role]) -> bool:
    """The system, security and audit administrators are three people."""
    return len(ADMINISTRATORS & set(roles)) > 1
