"""visit flags."""

import sqlalchemy as sa
from alembic import op
from shared.models.base import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visit_flag",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("visit_id", sa.String(length=26), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "resident_released",
                "resident_transferred",
                "terminal_broken",
                "slot_blocked",
                "date_blocked",
                "relationship_ended",
                "consent_withdrawn",
                name="flagkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("source_id", sa.String(length=26), nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("settled_by", sa.String(length=26), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_visit_flag_resident_id")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["officer.id"], name=op.f("fk_visit_flag_settled_by")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_visit_flag_site_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_flag_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_flag")),
        sa.UniqueConstraint(
            "visit_id", "kind", "source_id", name=op.f("uq_visit_flag_visit_id_kind_source_id")
        ),
    )
    with op.batch_alter_table("visit_flag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_flag_site_id"), ["site_id"], unique=False)
        batch_op.create_index("ix_visit_flag_source_id_kind", ["source_id", "kind"], unique=False)


def downgrade() -> None:
    op.drop_table("visit_flag")
