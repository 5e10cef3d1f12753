"""alerts again: one of the same kind after the last was acknowledged, and one for each camera."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("alert") as batch_op:
        batch_op.create_unique_constraint(
            "uq_alert_visit_id_kind_frame_key", ["visit_id", "kind", "frame_key"]
        )
    # Afterwards: MariaDB needs an index that begins with visit_id at every moment.
    with op.batch_alter_table("alert") as batch_op:
        batch_op.drop_constraint("uq_alert_visit_id_kind_side", type_="unique")


def downgrade() -> None:
    op.execute(
        "DELETE FROM alert WHERE id NOT IN"
        " (SELECT id FROM (SELECT MIN(id) AS id FROM alert GROUP BY visit_id, kind, side) AS kept)"
    )
    with op.batch_alter_table("alert") as batch_op:
        batch_op.create_unique_constraint(
            "uq_alert_visit_id_kind_side", ["visit_id", "kind", "side"]
        )
    with op.batch_alter_table("alert") as batch_op:
        batch_op.drop_constraint("uq_alert_visit_id_kind_frame_key", type_="unique")
