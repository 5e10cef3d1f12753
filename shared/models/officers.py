"""Officers and what they may do."""

from datetime import datetime
from enum import Enum

from sqlalchemy import Boolean, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.models.base import Base, IdText, SealedText, created_column, enum_type, id_column


class Role(str, Enum):
    WARD_OFFICER = "ward_officer"
    VISIT_OFFICER = "visit_officer"
    SUPERVISOR = "supervisor"
    OPS_ENGINEER = "ops_engineer"
    OPS_LEAD = "ops_lead"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDIT_ADMINISTRATOR = "audit_administrator"


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
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    session_generation: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = created_column()
    roles: Mapped[list["OfficerRole"]] = relationship(lazy="selectin")
    wards: Mapped[list["OfficerWard"]] = relationship(lazy="selectin")


class OfficerRole(Base):
    __tablename__ = "officer_role"

    officer_id: Mapped[str] = mapped_column(IdText, ForeignKey("officer.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(enum_type(Role), primary_key=True)


class OfficerWard(Base):
    """Limits an officer to wards; an officer without any sees the whole site."""

    __tablename__ = "officer_ward"

    officer_id: Mapped[str] = mapped_column(IdText, ForeignKey("officer.id"), primary_key=True)
    ward_id: Mapped[str] = mapped_column(IdText, ForeignKey("ward.id"), primary_key=True)
