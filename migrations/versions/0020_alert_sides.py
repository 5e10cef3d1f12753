"""alert sides: the terminal's picture has alerts of its own, and an officer says what was found."""

import sqlalchemy as sa
from alembic import op

from shared.models.base import UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("alert") as batch_op:
        batch_op.add_column(
            sa.Column("side", sa.String(length=32), nullable=False, server_default="family")
        )
        batch_op.add_column(sa.Column("acknowledged_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("acknowledged_by", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("acknowledged_why", sa.String(length=500), nullable=True))
        batch_op.create_foreign_key(
            "fk_alert_acknowledged_by", "officer", ["acknowledged_by"], ["id"]
        )
        batch_op.create_unique_constraint(
            "uq_alert_visit_id_kind_side", ["visit_id", "kind", "side"]
        )
    # Afterwards: MariaDB needs an index that begins with visit_id at every moment.
    with op.batch_alter_table("alert") as batch_op:
        batch_op.drop_constraint("uq_alert_visit_id_kind", type_="unique")


def downgrade() -> None:
    op.execute("DELETE FROM alert WHERE side <> 'family'")
    with op.batch_alter_table("alert") as batch_op:
        batch_op.create_unique_constraint("uq_alert_visit_id_kind", ["visit_id", "kind"])
    with op.batch_alter_table("alert") as batch_op:
        batch_op.drop_constraint("uq_alert_visit_id_kind_side", type_="unique")
        batch_op.drop_constraint("fk_alert_acknowledged_by", type_="foreignkey")
        for name in ("acknowledged_why", "acknowledged_by", "acknowledged_at", "side"):
            batch_op.drop_column(name)
