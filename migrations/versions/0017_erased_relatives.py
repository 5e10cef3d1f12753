"""When a relative was erased."""

import sqlalchemy as sa
from alembic import op
from shared.models.base import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("relative", sa.Column("erased_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("relative", "erased_at")
