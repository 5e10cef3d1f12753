"""phones: checks as jobs with a ledger, family phones with a feed, call records."""

import sqlalchemy as sa
from alembic import op
from shared.models.base import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "phone_check_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "subject", name=op.f("pk_phone_check_count")),
    )
    op.create_table(
        "phone_feed",
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_phone_feed_site_id")),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_phone_feed")),
    )
    op.create_table(
        "phone_check_job",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "registration",
                "family_phone",
                "recheck",
                name="phonecheckpurpose",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("site_id", sa.String(length=26), nullable=True),
        sa.Column("relative_id", sa.String(length=26), nullable=True),
        sa.Column("family_phone_id", sa.String(length=26), nullable=True),
        sa.Column("number", sa.LargeBinary(65_535), nullable=True),
        sa.Column("tail", sa.LargeBinary(65_535), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "done",
                "given_up",
                "dropped",
                name="phonecheckjobstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("open_key", sa.String(length=64), nullable=True),
        sa.Column(
            "result",
            sa.Enum(
                "match",
                "mismatch",
                "not_checked",
                name="phonecheckresult",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["family_phone_id"],
            ["family_phone.id"],
            name=op.f("fk_phone_check_job_family_phone_id"),
        ),
        sa.ForeignKeyConstraint(
            ["relative_id"], ["relative.id"], name=op.f("fk_phone_check_job_relative_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_phone_check_job_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_check_job")),
        sa.UniqueConstraint("open_key", name=op.f("uq_phone_check_job_open_key")),
    )
    with op.batch_alter_table("phone_check_job", schema=None) as batch_op:
        batch_op.create_index(
            "ix_phone_check_job_relative_id_created_at", ["relative_id", "created_at"], unique=False
        )
        batch_op.create_index(
            "ix_phone_check_job_status_due_at", ["status", "due_at"], unique=False
        )

    with op.batch_alter_table("family_phone", schema=None) as batch_op:
        batch_op.add_column(sa.Column("relationship_id", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("owner_name", sa.LargeBinary(65_535), nullable=True))
        batch_op.add_column(sa.Column("owner_id_number", sa.LargeBinary(65_535), nullable=True))
        batch_op.add_column(sa.Column("owner_consented_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("kinship", sa.String(length=32), nullable=False))
        batch_op.add_column(
            sa.Column(
                "check_result",
                sa.Enum(
                    "match",
                    "mismatch",
                    "not_checked",
                    name="phonecheckresult",
                    native_enum=False,
                    length=32,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("check_reason", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("recheck_not_before", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("reason", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("decided_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("decided_by", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("feed_seq", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("changed_at", UtcDateTime(), nullable=False))
        batch_op.alter_column("relative_id", existing_type=sa.VARCHAR(length=26), nullable=True)
        batch_op.create_index(
            "ix_family_phone_site_id_status_checked_at",
            ["site_id", "status", "checked_at"],
            unique=False,
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_family_phone_site_id_feed_seq"), ["site_id", "feed_seq"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_family_phone_decided_by"), "officer", ["decided_by"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_family_phone_relationship_id"),
            "relationship",
            ["relationship_id"],
            ["id"],
        )

    with op.batch_alter_table("phone_call", schema=None) as batch_op:
        batch_op.add_column(sa.Column("resident_number", sa.LargeBinary(65_535), nullable=False))
        batch_op.add_column(
            sa.Column(
                "resident_number_index",
                sa.LargeBinary(length=32)
                .with_variant(sa.BINARY(length=32), "mariadb")
                .with_variant(sa.BINARY(length=32), "mysql"),
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("number", sa.LargeBinary(65_535), nullable=False))
        batch_op.add_column(
            sa.Column(
                "direction",
                sa.Enum("outgoing", "incoming", name="calldirection", native_enum=False, length=32),
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column(
                "result",
                sa.Enum(
                    "answered",
                    "no_answer",
                    "busy",
                    "failed",
                    name="callresult",
                    native_enum=False,
                    length=32,
                ),
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("recording_id", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("changed_at", UtcDateTime(), nullable=False))
        batch_op.add_column(sa.Column("received_at", UtcDateTime(), nullable=False))
        batch_op.alter_column("resident_id", existing_type=sa.VARCHAR(length=26), nullable=True)
        batch_op.create_index(
            "ix_phone_call_site_id_started_at", ["site_id", "started_at"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_phone_call_recording_id"), "recording", ["recording_id"], ["id"]
        )

    with op.batch_alter_table("phone_check", schema=None) as batch_op:
        batch_op.add_column(sa.Column("job_id", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("site_id", sa.String(length=26), nullable=True))
        batch_op.add_column(
            sa.Column(
                "purpose",
                sa.Enum(
                    "registration",
                    "family_phone",
                    "recheck",
                    name="phonecheckpurpose",
                    native_enum=False,
                    length=32,
                ),
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("answered_at", UtcDateTime(), nullable=True))
        batch_op.alter_column("relative_id", existing_type=sa.VARCHAR(length=26), nullable=True)
        batch_op.alter_column(
            "provider_code",
            existing_type=sa.VARCHAR(length=64),
            type_=sa.String(length=80),
            existing_nullable=False,
        )
        batch_op.alter_column("billed", existing_type=sa.BOOLEAN(), nullable=True)
        batch_op.create_index(
            "ix_phone_check_site_id_checked_at", ["site_id", "checked_at"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_phone_check_site_id"), "site", ["site_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_phone_check_job_id"), "phone_check_job", ["job_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("phone_check", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_phone_check_job_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_phone_check_site_id"), type_="foreignkey")
        batch_op.drop_index("ix_phone_check_site_id_checked_at")
        batch_op.alter_column("billed", existing_type=sa.BOOLEAN(), nullable=False)
        batch_op.alter_column(
            "provider_code",
            existing_type=sa.String(length=80),
            type_=sa.VARCHAR(length=64),
            existing_nullable=False,
        )
        batch_op.alter_column("relative_id", existing_type=sa.VARCHAR(length=26), nullable=False)
        batch_op.drop_column("answered_at")
        batch_op.drop_column("purpose")
        batch_op.drop_column("site_id")
        batch_op.drop_column("job_id")

    with op.batch_alter_table("phone_call", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_phone_call_recording_id"), type_="foreignkey")
        batch_op.drop_index("ix_phone_call_site_id_started_at")
        batch_op.alter_column("resident_id", existing_type=sa.VARCHAR(length=26), nullable=False)
        batch_op.drop_column("received_at")
        batch_op.drop_column("changed_at")
        batch_op.drop_column("recording_id")
        batch_op.drop_column("result")
        batch_op.drop_column("direction")
        batch_op.drop_column("number")
        batch_op.drop_column("resident_number_index")
        batch_op.drop_column("resident_number")

    with op.batch_alter_table("family_phone", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_family_phone_relationship_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_family_phone_decided_by"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_family_phone_site_id_feed_seq"), type_="unique")
        batch_op.drop_index("ix_family_phone_site_id_status_checked_at")
        batch_op.alter_column("relative_id", existing_type=sa.VARCHAR(length=26), nullable=False)
        batch_op.drop_column("changed_at")
        batch_op.drop_column("feed_seq")
        batch_op.drop_column("decided_by")
        batch_op.drop_column("decided_at")
        batch_op.drop_column("reason")
        batch_op.drop_column("recheck_not_before")
        batch_op.drop_column("check_reason")
        batch_op.drop_column("check_result")
        batch_op.drop_column("kinship")
        batch_op.drop_column("owner_consented_at")
        batch_op.drop_column("owner_id_number")
        batch_op.drop_column("owner_name")
        batch_op.drop_column("relationship_id")

    op.drop_table("phone_check_job")
    op.drop_table("phone_feed")
    op.drop_table("phone_check_count")
