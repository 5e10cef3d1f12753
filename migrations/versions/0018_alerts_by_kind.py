"""alerts by kind: searched along an index of their own, so recordings need not repeat whether there was one."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("alert") as batch_op:
        batch_op.create_index("ix_alert_site_id_kind_first_at", ["site_id", "kind", "first_at"])
    with op.batch_alter_table("recording") as batch_op:
        batch_op.drop_index("ix_recording_site_id_alerted_starts_at")
        batch_op.drop_column("alerted")


def downgrade() -> None:
    with op.batch_alter_table("recording") as batch_op:
        batch_op.add_column(
            sa.Column("alerted", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.create_index(
            "ix_recording_site_id_alerted_starts_at", ["site_id", "alerted", "starts_at"]
        )
    with op.batch_alter_table("alert") as batch_op:
        batch_op.drop_index("ix_alert_site_id_kind_first_at")
