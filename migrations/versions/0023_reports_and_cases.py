"""reports_and_cases."""

import sqlalchemy as sa
from alembic import op
from shared.models.base import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ops_report",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "monthly", "incident", "inspection", name="reportkind", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("docx_key", sa.String(length=512), nullable=False),
        sa.Column("xlsx_key", sa.String(length=512), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_ops_report_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ops_report")),
        sa.UniqueConstraint(
            "site_id",
            "kind",
            "subject",
            "digest",
            name=op.f("uq_ops_report_site_id_kind_subject_digest"),
        ),
    )
    op.create_table(
        "knowledge_case",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("ticket_id", sa.String(length=26), nullable=False),
        sa.Column(
            "status",
            sa.Enum("draft", "shown", "dropped", name="casestatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("title", sa.LargeBinary(65_535), nullable=False),
        sa.Column("symptom", sa.LargeBinary(65_535), nullable=False),
        sa.Column("cause", sa.LargeBinary(65_535), nullable=False),
        sa.Column("method", sa.LargeBinary(65_535), nullable=False),
        sa.Column("prevention", sa.LargeBinary(65_535), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("reviewed_at", UtcDateTime(), nullable=True),
        sa.Column("reviewed_by", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(
            ["reviewed_by"], ["officer.id"], name=op.f("fk_knowledge_case_reviewed_by")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_knowledge_case_site_id")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_knowledge_case_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_case")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_knowledge_case_ticket_id")),
    )
    with op.batch_alter_table("knowledge_case", schema=None) as batch_op:
        batch_op.create_index(
            "ix_knowledge_case_site_id_status_made_at",
            ["site_id", "status", "made_at"],
            unique=False,
        )

    op.create_table(
        "case_word",
        sa.Column("word", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["knowledge_case.id"], name=op.f("fk_case_word_case_id")
        ),
        sa.PrimaryKeyConstraint("word", "case_id", name=op.f("pk_case_word")),
    )


def downgrade() -> None:
    op.drop_table("case_word")
    op.drop_table("knowledge_case")
    op.drop_table("ops_report")
