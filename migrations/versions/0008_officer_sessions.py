"""officer sessions."""

import sqlalchemy as sa
from alembic import op
from shared.models.base import BlindIndex, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_in_guard",
        sa.Column("username_index", BlindIndex, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", UtcDateTime(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("username_index", name=op.f("pk_sign_in_guard")),
    )
    op.create_table(
        "officer_session",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("officer_id", sa.String(length=26), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_officer_session_officer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_session")),
    )
    with op.batch_alter_table("officer_session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_officer_session_officer_id"), ["officer_id"], unique=False
        )

    with op.batch_alter_table("officer", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("password_is_first", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("totp_secret", sa.LargeBinary(65_535), nullable=True))
        batch_op.add_column(sa.Column("totp_confirmed_at", UtcDateTime(), nullable=True))
        batch_op.add_column(
            sa.Column("totp_step", sa.Integer(), nullable=False, server_default="0")
        )

    op.add_column(
        "officer_role",
        sa.Column(
            "administrator_id",
            sa.String(length=26),
            sa.Computed(
                "CASE WHEN role IN ('audit_administrator', 'security_administrator', "
                "'system_administrator') THEN officer_id ELSE NULL END"
            ),
            nullable=True,
        ),
    )
    op.create_index(
        "uq_officer_role_administrator_id", "officer_role", ["administrator_id"], unique=True
    )


def downgrade() -> None:
    op.drop_index("uq_officer_role_administrator_id", "officer_role")
    with op.batch_alter_table("officer_role") as batch_op:
        batch_op.drop_column("administrator_id")

    with op.batch_alter_table("officer", schema=None) as batch_op:
        batch_op.drop_column("totp_step")
        batch_op.drop_column("totp_confirmed_at")
        batch_op.drop_column("totp_secret")
        batch_op.drop_column("password_is_first")

    op.drop_table("officer_session")
    op.drop_table("sign_in_guard")
