"""one platform: what recordings are searched by, and grants to play them."""

import sqlalchemy as sa
from alembic import op
from shared.models.base import BlindIndex, SealedText, UtcDateTime
from shared.sealing import blind_index

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

PAGE = 500
FOUND_BY = (
    ("resident", "name", "name"),
    ("relative", "name", "name"),
    ("phone_call", "number", "phone"),
)


def upgrade() -> None:
    op.create_table(
        "playback_grant",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("recording_id", sa.String(length=26), nullable=False),
        sa.Column("officer_id", sa.String(length=26), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("granted_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_playback_grant_officer_id")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_playback_grant_recording_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playback_grant")),
    )
    with op.batch_alter_table("playback_grant", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_playback_grant_expires_at"), ["expires_at"], unique=False
        )

    with op.batch_alter_table("phone_call", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "number_index",
                sa.LargeBinary(length=32)
                .with_variant(sa.BINARY(length=32), "mariadb")
                .with_variant(sa.BINARY(length=32), "mysql"),
                nullable=True,
            )
        )
        batch_op.create_index(
            "ix_phone_call_site_id_number_index_started_at",
            ["site_id", "number_index", "started_at"],
            unique=False,
        )

    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("alerted", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.create_index(
            "ix_recording_site_id_alerted_starts_at",
            ["site_id", "alerted", "starts_at"],
            unique=False,
        )
        batch_op.create_index(
            "ix_recording_site_id_kind_starts_at", ["site_id", "kind", "starts_at"], unique=False
        )

    with op.batch_alter_table("relative", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "name_index",
                sa.LargeBinary(length=32)
                .with_variant(sa.BINARY(length=32), "mariadb")
                .with_variant(sa.BINARY(length=32), "mysql"),
                nullable=True,
            )
        )
        batch_op.create_index(batch_op.f("ix_relative_name_index"), ["name_index"], unique=False)

    with op.batch_alter_table("resident", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "name_index",
                sa.LargeBinary(length=32)
                .with_variant(sa.BINARY(length=32), "mariadb")
                .with_variant(sa.BINARY(length=32), "mysql"),
                nullable=True,
            )
        )
        batch_op.create_index(batch_op.f("ix_resident_name_index"), ["name_index"], unique=False)

    op.execute("UPDATE recording SET alerted = 1 WHERE visit_id IN (SELECT visit_id FROM alert)")
    for table, column, context in FOUND_BY:
        _index(table, column, context)


def _index(table: str, column: str, context: str) -> None:
    """What is sealed can only be indexed by whoever holds the keys: row by row, in pages."""
    sealed = sa.table(
        table,
        sa.column("id", sa.String),
        sa.column(column, SealedText(f"{table}.{column}")),
        sa.column(f"{column}_index", BlindIndex),
    )
    value, last = sealed.c[column], ""
    while True:
        page = sa.select(sealed.c.id, value).where(sealed.c.id > last, value.is_not(None))
        rows = op.get_bind().execute(page.order_by(sealed.c.id).limit(PAGE)).all()
        for row_id, text in rows:
            found = {f"{column}_index": blind_index(text, context=context)}
            op.get_bind().execute(sa.update(sealed).where(sealed.c.id == row_id).values(found))
        if len(rows) < PAGE:
            return
        last = rows[-1][0]


def downgrade() -> None:
    with op.batch_alter_table("resident", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resident_name_index"))
        batch_op.drop_column("name_index")

    with op.batch_alter_table("relative", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_relative_name_index"))
        batch_op.drop_column("name_index")

    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.drop_index("ix_recording_site_id_kind_starts_at")
        batch_op.drop_index("ix_recording_site_id_alerted_starts_at")
        batch_op.drop_column("alerted")

    with op.batch_alter_table("phone_call", schema=None) as batch_op:
        batch_op.drop_index("ix_phone_call_site_id_number_index_started_at")
        batch_op.drop_column("number_index")

    with op.batch_alter_table("playback_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_playback_grant_expires_at"))

    op.drop_table("playback_grant")
