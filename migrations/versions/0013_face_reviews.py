"""face_reviews."""

import sqlalchemy as sa
from alembic import op
from shared.models.base import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("face_check", schema=None) as batch_op:
        batch_op.add_column(sa.Column("clip_sha256", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("eid_token", sa.LargeBinary(65_535), nullable=True))
        batch_op.add_column(sa.Column("decided_by", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("decision_reason", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("enrolment", sa.LargeBinary(65_535), nullable=True))
        batch_op.add_column(sa.Column("media_erased_at", UtcDateTime(), nullable=True))
        batch_op.create_index("ix_face_check_created_at", ["created_at"], unique=False)
        batch_op.create_index("ix_face_check_status", ["status"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_face_check_clip_sha256"), ["clip_sha256"])
        batch_op.create_foreign_key(
            batch_op.f("fk_face_check_decided_by"), "officer", ["decided_by"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("face_check", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_face_check_decided_by"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_face_check_clip_sha256"), type_="unique")
        batch_op.drop_index("ix_face_check_status")
        batch_op.drop_index("ix_face_check_created_at")
        batch_op.drop_column("media_erased_at")
        batch_op.drop_column("enrolment")
        batch_op.drop_column("decision_reason")
        batch_op.drop_column("decided_by")
        batch_op.drop_column("eid_token")
        batch_op.drop_column("clip_sha256")
