"""request ids and counts."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "request_count",
        sa.Column("route", sa.String(length=128), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("status", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("route", "method", "status", name=op.f("pk_request_count")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("request_id", sa.String(length=26), nullable=True))

    with op.batch_alter_table("phone_check_job", schema=None) as batch_op:
        batch_op.add_column(sa.Column("request_id", sa.String(length=26), nullable=True))

    with op.batch_alter_table("room_event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("request_id", sa.String(length=26), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("room_event", schema=None) as batch_op:
        batch_op.drop_column("request_id")

    with op.batch_alter_table("phone_check_job", schema=None) as batch_op:
        batch_op.drop_column("request_id")

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_column("request_id")

    op.drop_table("request_count")
