"""registers_and_inspections."""

import sqlalchemy as sa
from alembic import op
from shared.models.base import UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "service_hour",
        sa.Column("service", sa.String(length=32), nullable=False),
        sa.Column("hour", UtcDateTime(), nullable=False),
        sa.Column("probes", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("service", "hour", name=op.f("pk_service_hour")),
    )
    op.create_table(
        "service_state",
        sa.Column("service", sa.String(length=32), nullable=False),
        sa.Column("probed_at", UtcDateTime(), nullable=False),
        sa.Column("failing", sa.Integer(), nullable=False),
        sa.Column("failing_since", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("service", name=op.f("pk_service_state")),
    )
    op.create_table(
        "antivirus_machine",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("machine", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "protected", "infected", "off", name="antivirusstate", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("threats", sa.Integer(), nullable=False),
        sa.Column("definitions_on", sa.Date(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("reported_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_antivirus_machine_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_antivirus_machine")),
        sa.UniqueConstraint(
            "site_id", "machine", name=op.f("uq_antivirus_machine_site_id_machine")
        ),
    )
    op.create_table(
        "subscription",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "server",
                "database",
                "load_balancer",
                "network",
                "im",
                "audio_video",
                "sms",
                "database_steward",
                name="subscriptionkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=True),
        sa.Column("quota", sa.Float(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_subscription_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
    )
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subscription_site_id"), ["site_id"], unique=False)

    op.create_table(
        "training",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("topic", sa.String(length=100), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("record", sa.LargeBinary(65_535), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_training_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
    )
    with op.batch_alter_table("training", schema=None) as batch_op:
        batch_op.create_index(
            "ix_training_site_id_planned_on", ["site_id", "planned_on"], unique=False
        )

    op.create_table(
        "inspection",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("monthly", "quarterly", name="inspectionkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("done_by", sa.String(length=26), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["done_by"], ["officer.id"], name=op.f("fk_inspection_done_by")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_inspection_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
        sa.UniqueConstraint(
            "site_id", "kind", "period", name=op.f("uq_inspection_site_id_kind_period")
        ),
    )
    op.create_table(
        "subscription_reading",
        sa.Column("subscription_id", sa.String(length=26), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("used", sa.Float(), nullable=True),
        sa.Column("balance", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_subscription_reading_subscription_id"),
        ),
        sa.PrimaryKeyConstraint("subscription_id", "day", name=op.f("pk_subscription_reading")),
    )
    op.create_table(
        "device_event",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("device_id", sa.String(length=26), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "registered",
                "broken",
                "repaired",
                "inspected",
                name="deviceeventkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.LargeBinary(65_535), nullable=True),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_device_event_device_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_event")),
    )
    with op.batch_alter_table("device_event", schema=None) as batch_op:
        batch_op.create_index(
            "ix_device_event_device_id_happened_at", ["device_id", "happened_at"], unique=False
        )

    op.create_table(
        "inspection_item",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("inspection_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.String(length=26), nullable=True),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column(
            "result",
            sa.Enum("ok", "fault", name="checkresult", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("note", sa.LargeBinary(65_535), nullable=True),
        sa.Column("photo_keys", sa.JSON(), nullable=False),
        sa.Column("ticket_id", sa.String(length=26), nullable=True),
        sa.Column("checked_at", UtcDateTime(), nullable=True),
        sa.Column("checked_by", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(
            ["checked_by"], ["officer.id"], name=op.f("fk_inspection_item_checked_by")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_inspection_item_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_inspection_item_inspection_id")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_inspection_item_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_item")),
    )
    with op.batch_alter_table("inspection_item", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inspection_item_inspection_id_position", ["inspection_id", "position"], unique=False
        )

    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.add_column(sa.Column("name", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("serial_number", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.drop_column("serial_number")
        batch_op.drop_column("name")

    op.drop_table("inspection_item")
    op.drop_table("device_event")
    op.drop_table("subscription_reading")
    op.drop_table("inspection")
    op.drop_table("training")
    op.drop_table("subscription")
    op.drop_table("antivirus_machine")
    op.drop_table("service_state")
    op.drop_table("service_hour")
