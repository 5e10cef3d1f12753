"""quota and registration."""

import sqlalchemy as sa
from alembic import op
from shared.models.base import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "companion_code",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("relative_id", sa.String(length=26), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["relative_id"], ["relative.id"], name=op.f("fk_companion_code_relative_id")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_companion_code")),
    )
    with op.batch_alter_table("companion_code", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_companion_code_relative_id"), ["relative_id"], unique=False
        )

    op.create_table(
        "unmatched_request",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("relative_id", sa.String(length=26), nullable=False),
        sa.Column(
            "asked_index",
            sa.LargeBinary(length=32)
            .with_variant(sa.BINARY(length=32), "mariadb")
            .with_variant(sa.BINARY(length=32), "mysql"),
            nullable=False,
        ),
        sa.Column("kinship", sa.String(length=32), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "approved",
                "rejected",
                "suspended",
                name="relationshipstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("reject_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["relative_id"], ["relative.id"], name=op.f("fk_unmatched_request_relative_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmatched_request")),
    )
    with op.batch_alter_table("unmatched_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_unmatched_request_reject_at"), ["reject_at"], unique=False
        )
        batch_op.create_index(
            "ix_unmatched_request_relative_id_asked_at", ["relative_id", "asked_at"], unique=False
        )

    op.create_table(
        "quota_entry",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("remote", "onsite", "phone", name="channel", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "use", "refund", "adjustment", name="quotaentrykind", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("source_id", sa.String(length=26), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_quota_entry_resident_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_quota_entry_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_entry")),
        sa.UniqueConstraint("source_id", "kind", name=op.f("uq_quota_entry_source_id_kind")),
    )
    with op.batch_alter_table("quota_entry", schema=None) as batch_op:
        batch_op.create_index("ix_quota_entry_resident_id_at", ["resident_id", "at"], unique=False)

    op.create_table(
        "manual_check",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column("relative_id", sa.String(length=26), nullable=False),
        sa.Column("visit_id", sa.String(length=26), nullable=True),
        sa.Column(
            "purpose",
            sa.Enum(
                "face", "phone", "visit", name="manualcheckpurpose", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "approved",
                "rejected",
                name="manualcheckstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["officer.id"], name=op.f("fk_manual_check_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["relative_id"], ["relative.id"], name=op.f("fk_manual_check_relative_id")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_manual_check_resident_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_manual_check_site_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_manual_check_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manual_check")),
    )
    with op.batch_alter_table("manual_check", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_manual_check_relative_id"), ["relative_id"], unique=False
        )
        batch_op.create_index("ix_manual_check_site_id_status", ["site_id", "status"], unique=False)

    with op.batch_alter_table("face_check", schema=None) as batch_op:
        batch_op.add_column(sa.Column("subject_id", sa.String(length=26), nullable=False))
        batch_op.create_foreign_key(
            batch_op.f("fk_face_check_subject_id"), "relative", ["subject_id"], ["id"]
        )

    with op.batch_alter_table("relationship", schema=None) as batch_op:
        batch_op.add_column(sa.Column("proof_keys", sa.JSON(), nullable=False))
        batch_op.add_column(sa.Column("suspended_until", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("expires_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("relationship", schema=None) as batch_op:
        batch_op.drop_column("expires_at")
        batch_op.drop_column("suspended_until")
        batch_op.drop_column("proof_keys")

    with op.batch_alter_table("face_check", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_face_check_subject_id"), type_="foreignkey")
        batch_op.drop_column("subject_id")

    op.drop_table("manual_check")
    op.drop_table("quota_entry")
    op.drop_table("unmatched_request")
    op.drop_table("companion_code")
