"""room event unbound: without a foreign key a callback waits for nobody who works with its visit."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("room_event") as batch_op:
        batch_op.drop_constraint("fk_room_event_visit_id", type_="foreignkey")


def downgrade() -> None:
    with op.batch_alter_table("room_event") as batch_op:
        batch_op.create_foreign_key("fk_room_event_visit_id", "visit", ["visit_id"], ["id"])
