"""two approvals."""

import sqlalchemy as sa
from alembic import op
from shared.models.base import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("visit", "relationship"):
        op.add_column(table, sa.Column("first_approved_at", UtcDateTime(), nullable=True))
        op.add_column(table, sa.Column("first_approved_by", sa.String(length=26), nullable=True))


def downgrade() -> None:
    for table in ("visit", "relationship"):
        op.drop_column(table, "first_approved_by")
        op.drop_column(table, "first_approved_at")
