"""timetable and desk."""

import sqlalchemy as sa
from alembic import op
from shared.models.base import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "device",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("terminal_id", sa.String(length=26), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "pc",
                "display",
                "camera",
                "microphone",
                "speaker",
                "network",
                name="devicekind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum("working", "broken", name="devicestatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("tested_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_device_site_id")),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_device_terminal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("terminal_id", "kind", name=op.f("uq_device_terminal_id_kind")),
    )
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_site_id"), ["site_id"], unique=False)

    op.create_table(
        "terminal_key",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("issued_by", sa.String(length=26), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["officer.id"], name=op.f("fk_terminal_key_issued_by")
        ),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_terminal_key_terminal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminal_key")),
    )
    with op.batch_alter_table("terminal_key", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_terminal_key_terminal_id"), ["terminal_id"], unique=False
        )

    op.create_table(
        "timetable_block",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("terminal_id", sa.String(length=26), nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=26), nullable=False),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.Column("lifted_by", sa.String(length=26), nullable=True),
        sa.Column("lift_reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["lifted_by"], ["officer.id"], name=op.f("fk_timetable_block_lifted_by")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["officer.id"], name=op.f("fk_timetable_block_made_by")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_timetable_block_site_id")),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_timetable_block_terminal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timetable_block")),
    )
    with op.batch_alter_table("timetable_block", schema=None) as batch_op:
        batch_op.create_index(
            "ix_timetable_block_site_id_ends_at", ["site_id", "ends_at"], unique=False
        )

    op.create_table(
        "help_call",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("terminal_id", sa.String(length=26), nullable=False),
        sa.Column("visit_id", sa.String(length=26), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["officer.id"], name=op.f("fk_help_call_answered_by")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_help_call_site_id")),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_help_call_terminal_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_help_call_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_call")),
    )
    with op.batch_alter_table("help_call", schema=None) as batch_op:
        batch_op.create_index(
            "ix_help_call_site_id_asked_at", ["site_id", "asked_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_help_call_terminal_id"), ["terminal_id"], unique=False)

    op.create_table(
        "room_message",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("visit_id", sa.String(length=26), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("sent_by", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["sent_by"], ["officer.id"], name=op.f("fk_room_message_sent_by")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_room_message_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_message")),
    )
    with op.batch_alter_table("room_message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_room_message_visit_id_sent_at", ["visit_id", "sent_at"], unique=False
        )

    op.create_table(
        "room_mute",
        sa.Column("visit_id", sa.String(length=26), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("muted_at", UtcDateTime(), nullable=False),
        sa.Column("muted_by", sa.String(length=26), nullable=False),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["muted_by"], ["officer.id"], name=op.f("fk_room_mute_muted_by")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_room_mute_visit_id")),
        sa.PrimaryKeyConstraint("visit_id", "user_id", name=op.f("pk_room_mute")),
    )
    op.create_table(
        "visit_move",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("visit_id", sa.String(length=26), nullable=False),
        sa.Column(
            "open_visit_id",
            sa.String(length=26),
            sa.Computed(
                "CASE WHEN status = 'proposed' THEN visit_id ELSE NULL END",
            ),
            nullable=True,
        ),
        sa.Column("from_slot_id", sa.String(length=26), nullable=False),
        sa.Column("to_slot_id", sa.String(length=26), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "agreed",
                "declined",
                "lapsed",
                name="movestatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("proposed_by", sa.String(length=26), nullable=False),
        sa.Column("answer_until", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(
            ["from_slot_id"], ["slot.id"], name=op.f("fk_visit_move_from_slot_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["officer.id"], name=op.f("fk_visit_move_proposed_by")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_visit_move_site_id")),
        sa.ForeignKeyConstraint(["to_slot_id"], ["slot.id"], name=op.f("fk_visit_move_to_slot_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_move_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_move")),
        sa.UniqueConstraint("open_visit_id", name=op.f("uq_visit_move_open_visit_id")),
    )
    with op.batch_alter_table("visit_move", schema=None) as batch_op:
        batch_op.create_index(
            "ix_visit_move_visit_id_proposed_at", ["visit_id", "proposed_at"], unique=False
        )

    op.add_column("alert", sa.Column("changed_at", UtcDateTime(), nullable=True))
    op.execute("UPDATE alert SET changed_at = last_at")
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.alter_column("changed_at", existing_type=UtcDateTime(), nullable=False)
        batch_op.create_index("ix_alert_site_id_changed_at", ["site_id", "changed_at"])


def downgrade() -> None:
    # The index that stays keeps MariaDB's foreign key on site_id served.
    op.drop_index("ix_alert_site_id_changed_at", "alert")
    op.drop_column("alert", "changed_at")
    op.drop_table("visit_move")
    op.drop_table("room_mute")
    op.drop_table("room_message")
    op.drop_table("help_call")
    op.drop_table("timetable_block")
    op.drop_table("terminal_key")
    op.drop_table("device")
