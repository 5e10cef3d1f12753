"""robots due: when the robots of a running visit are asked after."""

import sqlalchemy as sa
from alembic import op
from shared.models.base import UtcDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("room_state") as batch_op:
        batch_op.add_column(sa.Column("robots_due_at", UtcDateTime(), nullable=True))
        batch_op.create_index("ix_room_state_robots_due_at", ["robots_due_at"], unique=False)
    # Those that run at this moment.
    op.execute(
        "UPDATE room_state SET robots_due_at = changed_at"
        " WHERE visit_id IN (SELECT id FROM visit WHERE status = 'in_progress')"
    )


def downgrade() -> None:
    with op.batch_alter_table("room_state") as batch_op:
        batch_op.drop_index("ix_room_state_robots_due_at")
        batch_op.drop_column("robots_due_at")
