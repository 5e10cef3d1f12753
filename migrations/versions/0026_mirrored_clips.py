"""Whether the phone records mirrored, as the mini-program says when a face check begins."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    with op.batch_alter_table("face_check") as batch:
        batch.add_column(
            sa.Column("mirrored", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade() -> None:
    with op.batch_alter_table("face_check") as batch:
        batch.drop_column("mirrored")
