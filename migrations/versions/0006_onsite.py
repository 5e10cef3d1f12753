"""onsite: records with their sender's clock, visits on site, what that system is told."""

import sqlalchemy as sa
from alembic import op
from shared.models.base import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "onsite_feed",
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_onsite_feed_site_id")),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_onsite_feed")),
    )
    op.create_table(
        "onsite_offer",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("visit", "relative", name="offerkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("source_id", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_onsite_offer_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_onsite_offer")),
        sa.UniqueConstraint("kind", "source_id", name=op.f("uq_onsite_offer_kind_source_id")),
        sa.UniqueConstraint("site_id", "seq", name=op.f("uq_onsite_offer_site_id_seq")),
    )
    op.create_table(
        "onsite_visit",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=True),
        sa.Column("resident_number", sa.LargeBinary(65_535), nullable=False),
        sa.Column(
            "resident_number_index",
            sa.LargeBinary(length=32)
            .with_variant(sa.BINARY(length=32), "mariadb")
            .with_variant(sa.BINARY(length=32), "mysql"),
            nullable=False,
        ),
        sa.Column("visitor_ids", sa.JSON(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "completed", "cancelled", name="onsitevisitstatus", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.Column("recording_key", sa.String(length=512), nullable=True),
        sa.Column("recording_id", sa.String(length=26), nullable=True),
        sa.Column("quota_source_id", sa.String(length=26), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_onsite_visit_recording_id")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_onsite_visit_resident_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_onsite_visit_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_onsite_visit")),
        sa.UniqueConstraint(
            "site_id", "external_id", name=op.f("uq_onsite_visit_site_id_external_id")
        ),
    )
    with op.batch_alter_table("onsite_visit", schema=None) as batch_op:
        batch_op.create_index(
            "ix_onsite_visit_resident_id_started_at", ["resident_id", "started_at"], unique=False
        )
        batch_op.create_index(
            "ix_onsite_visit_site_id_resident_number_index",
            ["site_id", "resident_number_index"],
            unique=False,
        )
        batch_op.create_index(
            "ix_onsite_visit_site_id_started_at", ["site_id", "started_at"], unique=False
        )

    with op.batch_alter_table("connected_system", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pull_url", sa.String(length=500), nullable=True))
        batch_op.add_column(
            sa.Column("pull_cursor", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("pulled_at", UtcDateTime(), nullable=True))
        batch_op.add_column(
            sa.Column("algorithm", sa.String(length=16), nullable=False, server_default="HMAC-SM3")
        )

    with op.batch_alter_table("onsite_visitor", schema=None) as batch_op:
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
        batch_op.add_column(sa.Column("changed_at", UtcDateTime(), nullable=False))
        batch_op.add_column(sa.Column("received_at", UtcDateTime(), nullable=False))
        batch_op.alter_column("resident_id", existing_type=sa.VARCHAR(length=26), nullable=True)
        batch_op.alter_column("checked_at", existing_type=UtcDateTime(), nullable=True)
        batch_op.alter_column("checked_by", existing_type=sa.VARCHAR(length=100), nullable=True)
        batch_op.create_index(
            "ix_onsite_visitor_site_id_resident_number_index",
            ["site_id", "resident_number_index"],
            unique=False,
        )

    with op.batch_alter_table("relationship", schema=None) as batch_op:
        batch_op.add_column(sa.Column("onsite_visitor_id", sa.String(length=26), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_relationship_onsite_visitor_id"), ["onsite_visitor_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_relationship_onsite_visitor_id"),
            "onsite_visitor",
            ["onsite_visitor_id"],
            ["id"],
        )

    with op.batch_alter_table("relative", schema=None) as batch_op:
        batch_op.add_column(sa.Column("onsite_checked_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("relative", schema=None) as batch_op:
        batch_op.drop_column("onsite_checked_at")

    with op.batch_alter_table("relationship", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_relationship_onsite_visitor_id"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_relationship_onsite_visitor_id"))
        batch_op.drop_column("onsite_visitor_id")

    with op.batch_alter_table("onsite_visitor", schema=None) as batch_op:
        batch_op.drop_index("ix_onsite_visitor_site_id_resident_number_index")
        batch_op.alter_column("checked_by", existing_type=sa.VARCHAR(length=100), nullable=False)
        batch_op.alter_column("checked_at", existing_type=UtcDateTime(), nullable=False)
        batch_op.alter_column("resident_id", existing_type=sa.VARCHAR(length=26), nullable=False)
        batch_op.drop_column("received_at")
        batch_op.drop_column("changed_at")
        batch_op.drop_column("resident_number_index")
        batch_op.drop_column("resident_number")

    with op.batch_alter_table("connected_system", schema=None) as batch_op:
        batch_op.drop_column("algorithm")
        batch_op.drop_column("pulled_at")
        batch_op.drop_column("pull_cursor")
        batch_op.drop_column("pull_url")

    op.drop_table("onsite_visit")
    op.drop_table("onsite_offer")
    op.drop_table("onsite_feed")
