"""Versions of the site rules, the waiting list, reminders, what a family sees of a visit."""

import sqlalchemy as sa
from alembic import op
from shared.models.base import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "site_rules_version",
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=26), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["officer.id"], name=op.f("fk_site_rules_version_changed_by")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_site_rules_version_site_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "version", name=op.f("pk_site_rules_version")),
    )
    op.create_table(
        "waiting_entry",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("slot_id", sa.String(length=26), nullable=False),
        sa.Column("relationship_id", sa.String(length=26), nullable=False),
        sa.Column("relative_id", sa.String(length=26), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "offered",
                "accepted",
                "left",
                "missed",
                "closed",
                name="waitingstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "open_slot_id",
            sa.String(length=26),
            sa.Computed(
                "CASE WHEN status IN ('waiting', 'offered') THEN slot_id ELSE NULL END",
            ),
            nullable=True,
        ),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=True),
        sa.Column("offer_until", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("visit_id", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(
            ["relationship_id"], ["relationship.id"], name=op.f("fk_waiting_entry_relationship_id")
        ),
        sa.ForeignKeyConstraint(
            ["relative_id"], ["relative.id"], name=op.f("fk_waiting_entry_relative_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_waiting_entry_site_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_waiting_entry_slot_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_waiting_entry_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_entry")),
        sa.UniqueConstraint(
            "relationship_id",
            "open_slot_id",
            name=op.f("uq_waiting_entry_relationship_id_open_slot_id"),
        ),
    )
    with op.batch_alter_table("waiting_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_waiting_entry_relative_id"), ["relative_id"], unique=False
        )
        batch_op.create_index(
            "ix_waiting_entry_slot_id_status_joined_at",
            ["slot_id", "status", "joined_at"],
            unique=False,
        )
        batch_op.create_index(
            "ix_waiting_entry_status_offer_until", ["status", "offer_until"], unique=False
        )

    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("rules_version", sa.Integer(), nullable=False, server_default="0")
        )

    with op.batch_alter_table("slot", schema=None) as batch_op:
        batch_op.add_column(sa.Column("waiting", sa.Integer(), nullable=False, server_default="0"))

    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held_until", UtcDateTime(), nullable=True))
        batch_op.add_column(
            sa.Column("rules_version", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(sa.Column("reminded", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("resident_told_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("excused_at", UtcDateTime(), nullable=True))

    with op.batch_alter_table("visit_participant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pass_given_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("device_test", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("device_tested_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    for column in ("device_tested_at", "device_test", "pass_given_at"):
        op.drop_column("visit_participant", column)
    for column in ("excused_at", "resident_told_at", "reminded", "rules_version", "held_until"):
        op.drop_column("visit", column)
    op.drop_column("slot", "waiting")
    op.drop_column("site", "rules_version")
    op.drop_table("waiting_entry")
    op.drop_table("site_rules_version")
