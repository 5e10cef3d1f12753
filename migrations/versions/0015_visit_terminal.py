"""visit terminal."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("visit", sa.Column("terminal_id", sa.String(length=26), nullable=True))


def downgrade() -> None:
    op.drop_column("visit", "terminal_id")
