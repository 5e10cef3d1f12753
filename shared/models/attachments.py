"""Files that people add to a ticket."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from shared.models import tickets  # noqa: F401  (points at it)
from shared.models.base import Base, CosKey, IdText, SealedText, created_column, id_column


class TicketAttachment(Base):
    """A file in COS. Its name is sealed: people name files after people."""

    __tablename__ = "ticket_attachment"

    id: Mapped[str] = id_column()
    ticket_id: Mapped[str] = mapped_column(IdText, ForeignKey("ticket.id"), index=True)
    key: Mapped[str] = mapped_column(CosKey, unique=True)
    name: Mapped[str] = mapped_column(SealedText("ticket_attachment.name"))
    size: Mapped[int] = mapped_column(Integer)
    added_by: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime] = created_column()
