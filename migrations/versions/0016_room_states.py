"""room_states."""

import sqlalchemy as sa
from alembic import op
from shared.models.base import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "room_state",
        sa.Column("visit_id", sa.String(length=26), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_room_state_visit_id")),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_room_state")),
    )
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.add_column(sa.Column("deleted_at", UtcDateTime(), nullable=True))

    with op.batch_alter_table("room_event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("worked_at", UtcDateTime(), nullable=True))
        batch_op.create_index(
            "ix_room_event_worked_at_received_at", ["worked_at", "received_at"], unique=False
        )

    # Not in batch: SQLite would copy the table, and cannot copy into its generated column.
    op.add_column("visit", sa.Column("extended_to", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("visit", "extended_to")

    with op.batch_alter_table("room_event", schema=None) as batch_op:
        batch_op.drop_index("ix_room_event_worked_at_received_at")
        batch_op.drop_column("worked_at")

    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.drop_column("deleted_at")

    op.drop_table("room_state")
