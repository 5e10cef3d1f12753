"""Officers and what they may do."""

from datetime import datetime
from enum import Enum

from sqlalchemy import Boolean, Computed, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.models.base import (
    Base,
    BlindIndex,
    IdText,
    SealedText,
    UtcDateTime,
    created_column,
    enum_type,
    id_column,
)


class Role(str, Enum):
    WARD_OFFICER = "ward_officer"
    VISIT_OFFICER = "visit_officer"
    SUPERVISOR = "supervisor"
    OPS_ENGINEER = "ops_engineer"
    OPS_SPECIALIST = "ops_specialist"
    OPS_LEAD = "ops_lead"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDIT_ADMINISTRATOR = "audit_administrator"


# Nobody holds two of these: who makes accounts gives no rights, and who gives rights reads no audit trail.
ADMINISTRATORS = frozenset(
    {Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR}
)
IN_SQL = "({})".format(", ".join(f"'{role.value}'" for role in sorted(ADMINISTRATORS)))


class Officer(Base):
    """民警 or a member of the operations staff: whoever signs in through WeCom or by password."""

    __tablename__ = "officer"
    __table_args__ = (UniqueConstraint("wecom_user_id"), UniqueConstraint("username"))

    id: Mapped[str] = id_column()
    site_id: Mapped[str] = mapped_column(IdText, ForeignKey("site.id"), index=True)
    name: Mapped[str] = mapped_column(SealedText("officer.name"))
    wecom_user_id: Mapped[str | None] = mapped_column(String(64))
    username: Mapped[str | None] = mapped_column(String(64))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    # An administrator set the password: good for one sign-in that sets another.
    password_is_first: Mapped[bool] = mapped_column(Boolean, default=False)
    totp_secret: Mapped[str | None] = mapped_column(SealedText("officer.totp_secret"))
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The newest step whose code was used: no code works twice.
    totp_step: Mapped[int] = mapped_column(Integer, default=0)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    session_generation: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = created_column()
    roles: Mapped[list["OfficerRole"]] = relationship(lazy="selectin")
    wards: Mapped[list["OfficerWard"]] = relationship(lazy="selectin")


class OfficerRole(Base):
    """`administrator_id` is the officer for an administrator's role and NULL otherwise; unique, so one has one."""

    __tablename__ = "officer_role"
    __table_args__ = (Index("uq_officer_role_administrator_id", "administrator_id", unique=True),)

    officer_id: Mapped[str] = mapped_column(IdText, ForeignKey("officer.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(enum_type(Role), primary_key=True)
    administrator_id: Mapped[str | None] = mapped_column(
        IdText, Computed(f"CASE WHEN role IN {IN_SQL} THEN officer_id ELSE NULL END")
    )


class OfficerWard(Base):
    """Limits an officer to wards; an officer without any sees the whole site."""

    __tablename__ = "officer_ward"

    officer_id: Mapped[str] = mapped_column(IdText, ForeignKey("officer.id"), primary_key=True)
    ward_id: Mapped[str] = mapped_column(IdText, ForeignKey("ward.id"), primary_key=True)


class OfficerSession(Base):
    """One sign-in on one device. Its cookie holds a secret of which only the hash (SHA-256) stands here."""

    __tablename__ = "officer_session"

    id: Mapped[str] = id_column()
    officer_id: Mapped[str] = mapped_column(IdText, ForeignKey("officer.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    how: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = created_column()
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInGuard(Base):
    """Failed sign-ins of one user name, whether or not anybody has it: a lock must not tell who exists."""

    __tablename__ = "sign_in_guard"

    username_index: Mapped[bytes] = mapped_column(BlindIndex, primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
