"""first tables."""

import sqlalchemy as sa
from alembic import op
from shared.models.base import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_token",
        sa.Column("provider", sa.String(length=64), nullable=False),
        sa.Column("token", sa.LargeBinary(65_535), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_access_token")),
    )
    op.create_table(
        "idempotency_record",
        sa.Column("owner_id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "key", name=op.f("pk_idempotency_record")),
    )
    with op.batch_alter_table("idempotency_record", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_idempotency_record_expires_at"), ["expires_at"], unique=False
        )

    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("dedupe_key", sa.String(length=128), nullable=True),
        sa.Column("body", sa.LargeBinary(65_535), nullable=False),
        sa.Column(
            "state",
            sa.Enum("waiting", "sent", "dead", name="outboxstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbox_dedupe_key")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_state_due_at", ["state", "due_at"], unique=False)

    op.create_table(
        "relative",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("openid", sa.LargeBinary(65_535), nullable=False),
        sa.Column(
            "openid_index",
            sa.LargeBinary(length=32)
            .with_variant(sa.BINARY(length=32), "mariadb")
            .with_variant(sa.BINARY(length=32), "mysql"),
            nullable=False,
        ),
        sa.Column("name", sa.LargeBinary(65_535), nullable=True),
        sa.Column("id_number", sa.LargeBinary(65_535), nullable=True),
        sa.Column(
            "id_number_index",
            sa.LargeBinary(length=32)
            .with_variant(sa.BINARY(length=32), "mariadb")
            .with_variant(sa.BINARY(length=32), "mysql"),
            nullable=True,
        ),
        sa.Column("phone", sa.LargeBinary(65_535), nullable=True),
        sa.Column(
            "phone_index",
            sa.LargeBinary(length=32)
            .with_variant(sa.BINARY(length=32), "mariadb")
            .with_variant(sa.BINARY(length=32), "mysql"),
            nullable=True,
        ),
        sa.Column("id_photo_key", sa.String(length=512), nullable=True),
        sa.Column("phone_checked_at", UtcDateTime(), nullable=True),
        sa.Column("face_checked_at", UtcDateTime(), nullable=True),
        sa.Column("session_generation", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relative")),
        sa.UniqueConstraint("id_number_index", name=op.f("uq_relative_id_number_index")),
        sa.UniqueConstraint("openid_index", name=op.f("uq_relative_openid_index")),
    )
    with op.batch_alter_table("relative", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_relative_phone_index"), ["phone_index"], unique=False)

    op.create_table(
        "site",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    op.create_table(
        "timer",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "fired",
                "stale",
                "superseded",
                name="timerstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("fired_at", UtcDateTime(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        sa.UniqueConstraint(
            "subject",
            "kind",
            "step",
            "generation",
            name=op.f("uq_timer_subject_kind_step_generation"),
        ),
    )
    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.create_index("ix_timer_state_due_at", ["state", "due_at"], unique=False)

    op.create_table(
        "audit_event",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=True),
        sa.Column("actor_kind", sa.String(length=16), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_audit_event_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.create_index(
            "ix_audit_event_site_id_happened_at", ["site_id", "happened_at"], unique=False
        )
        batch_op.create_index(
            "ix_audit_event_subject_id_happened_at", ["subject_id", "happened_at"], unique=False
        )

    op.create_table(
        "connected_system",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("onsite", "phone", name="systemkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("key", sa.LargeBinary(65_535), nullable=False),
        sa.Column("push_url", sa.String(length=500), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_connected_system_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connected_system")),
    )
    with op.batch_alter_table("connected_system", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_connected_system_site_id"), ["site_id"], unique=False)

    op.create_table(
        "consent",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("relative_id", sa.String(length=26), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "identity",
                "face",
                "phone",
                "recording",
                name="consentpurpose",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["relative_id"], ["relative.id"], name=op.f("fk_consent_relative_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(
            "ix_consent_relative_id_purpose", ["relative_id", "purpose"], unique=False
        )

    op.create_table(
        "officer",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.LargeBinary(65_535), nullable=False),
        sa.Column("wecom_user_id", sa.String(length=64), nullable=True),
        sa.Column("username", sa.String(length=64), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("session_generation", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_officer_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer")),
        sa.UniqueConstraint("username", name=op.f("uq_officer_username")),
        sa.UniqueConstraint("wecom_user_id", name=op.f("uq_officer_wecom_user_id")),
    )
    with op.batch_alter_table("officer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_officer_site_id"), ["site_id"], unique=False)

    op.create_table(
        "phone_check",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("relative_id", sa.String(length=26), nullable=False),
        sa.Column("checked_at", UtcDateTime(), nullable=False),
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
            nullable=False,
        ),
        sa.Column("provider_code", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.String(length=64), nullable=True),
        sa.Column("billed", sa.Boolean(), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["relative_id"], ["relative.id"], name=op.f("fk_phone_check_relative_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_check")),
    )
    with op.batch_alter_table("phone_check", schema=None) as batch_op:
        batch_op.create_index(
            "ix_phone_check_relative_id_checked_at", ["relative_id", "checked_at"], unique=False
        )

    op.create_table(
        "session_template",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.Time(), nullable=False),
        sa.Column("closes_at", sa.Time(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_session_template_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_template")),
    )
    with op.batch_alter_table("session_template", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_template_site_id"), ["site_id"], unique=False)

    op.create_table(
        "terminal",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column(
            "status",
            sa.Enum("working", "broken", name="terminalstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_terminal_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminal")),
    )
    with op.batch_alter_table("terminal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_terminal_site_id"), ["site_id"], unique=False)

    op.create_table(
        "ward",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_ward_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ward")),
    )
    with op.batch_alter_table("ward", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ward_site_id"), ["site_id"], unique=False)

    op.create_table(
        "delivery_nonce",
        sa.Column("system_id", sa.String(length=26), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["system_id"], ["connected_system.id"], name=op.f("fk_delivery_nonce_system_id")
        ),
        sa.PrimaryKeyConstraint("system_id", "nonce", name=op.f("pk_delivery_nonce")),
    )
    with op.batch_alter_table("delivery_nonce", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_delivery_nonce_received_at"), ["received_at"], unique=False
        )

    op.create_table(
        "officer_role",
        sa.Column("officer_id", sa.String(length=26), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "ward_officer",
                "visit_officer",
                "supervisor",
                "ops_engineer",
                "ops_lead",
                "system_administrator",
                "security_administrator",
                "audit_administrator",
                name="role",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_officer_role_officer_id")
        ),
        sa.PrimaryKeyConstraint("officer_id", "role", name=op.f("pk_officer_role")),
    )
    op.create_table(
        "officer_ward",
        sa.Column("officer_id", sa.String(length=26), nullable=False),
        sa.Column("ward_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_officer_ward_officer_id")
        ),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("fk_officer_ward_ward_id")),
        sa.PrimaryKeyConstraint("officer_id", "ward_id", name=op.f("pk_officer_ward")),
    )
    op.create_table(
        "resident",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("ward_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.LargeBinary(65_535), nullable=False),
        sa.Column(
            "number_index",
            sa.LargeBinary(length=32)
            .with_variant(sa.BINARY(length=32), "mariadb")
            .with_variant(sa.BINARY(length=32), "mysql"),
            nullable=False,
        ),
        sa.Column("name", sa.LargeBinary(65_535), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "active",
                "restricted",
                "transferred",
                "released",
                name="residentstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("treatment_level", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_resident_site_id")),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("fk_resident_ward_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resident")),
        sa.UniqueConstraint(
            "site_id", "number_index", name=op.f("uq_resident_site_id_number_index")
        ),
    )
    with op.batch_alter_table("resident", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resident_site_id"), ["site_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_resident_ward_id"), ["ward_id"], unique=False)

    op.create_table(
        "slot",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("template_id", sa.String(length=26), nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_slot_site_id")),
        sa.ForeignKeyConstraint(
            ["template_id"], ["session_template.id"], name=op.f("fk_slot_template_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.UniqueConstraint("site_id", "starts_at", name=op.f("uq_slot_site_id_starts_at")),
    )
    op.create_table(
        "ticket",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "incident",
                "defect",
                "consult",
                "change",
                name="ticketkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "severity",
            sa.Enum("I", "II", "III", "IV", name="severity", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "open", "acknowledged", "closed", name="ticketstatus", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("escalation_step", sa.Integer(), nullable=False),
        sa.Column("reported_at", UtcDateTime(), nullable=False),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"], ["officer.id"], name=op.f("fk_ticket_acknowledged_by")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_ticket_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("source_key", name=op.f("uq_ticket_source_key")),
    )
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ticket_site_id_status_reported_at",
            ["site_id", "status", "reported_at"],
            unique=False,
        )

    op.create_table(
        "family_phone",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column("relative_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.LargeBinary(65_535), nullable=False),
        sa.Column(
            "number_index",
            sa.LargeBinary(length=32)
            .with_variant(sa.BINARY(length=32), "mariadb")
            .with_variant(sa.BINARY(length=32), "mysql"),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "approved",
                "rejected",
                "blocked",
                name="familyphonestatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("checked_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["relative_id"], ["relative.id"], name=op.f("fk_family_phone_relative_id")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_family_phone_resident_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_family_phone_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_phone")),
        sa.UniqueConstraint(
            "resident_id", "number_index", name=op.f("uq_family_phone_resident_id_number_index")
        ),
    )
    with op.batch_alter_table("family_phone", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_family_phone_number_index"), ["number_index"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_family_phone_relative_id"), ["relative_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_family_phone_site_id"), ["site_id"], unique=False)

    op.create_table(
        "onsite_visitor",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.LargeBinary(65_535), nullable=False),
        sa.Column("id_number", sa.LargeBinary(65_535), nullable=False),
        sa.Column(
            "id_number_index",
            sa.LargeBinary(length=32)
            .with_variant(sa.BINARY(length=32), "mariadb")
            .with_variant(sa.BINARY(length=32), "mysql"),
            nullable=False,
        ),
        sa.Column("kinship", sa.String(length=32), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column("photo_key", sa.String(length=512), nullable=True),
        sa.Column("checked_at", UtcDateTime(), nullable=False),
        sa.Column("checked_by", sa.String(length=100), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_onsite_visitor_resident_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_onsite_visitor_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_onsite_visitor")),
        sa.UniqueConstraint(
            "site_id", "external_id", name=op.f("uq_onsite_visitor_site_id_external_id")
        ),
    )
    with op.batch_alter_table("onsite_visitor", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_onsite_visitor_id_number_index"), ["id_number_index"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_onsite_visitor_resident_id"), ["resident_id"], unique=False
        )

    op.create_table(
        "relationship",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("relative_id", sa.String(length=26), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
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
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["officer.id"], name=op.f("fk_relationship_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["relative_id"], ["relative.id"], name=op.f("fk_relationship_relative_id")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_relationship_resident_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_relationship_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relationship")),
        sa.UniqueConstraint(
            "relative_id", "resident_id", name=op.f("uq_relationship_relative_id_resident_id")
        ),
    )
    with op.batch_alter_table("relationship", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_relationship_resident_id"), ["resident_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_relationship_site_id"), ["site_id"], unique=False)

    op.create_table(
        "ticket_event",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("ticket_id", sa.String(length=26), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_event_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_event")),
    )
    with op.batch_alter_table("ticket_event", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ticket_event_ticket_id_happened_at", ["ticket_id", "happened_at"], unique=False
        )

    op.create_table(
        "visit",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("slot_id", sa.String(length=26), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "requested",
                "approved",
                "rejected",
                "in_progress",
                "completed",
                "cancelled",
                "no_show",
                "terminated",
                "expired",
                name="visitstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "held_slot_id",
            sa.String(length=26),
            sa.Computed(
                "CASE WHEN status IN ('requested', 'approved', 'in_progress') THEN slot_id ELSE NULL END",
            ),
            nullable=True,
        ),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("requested_by", sa.String(length=26), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.String(length=26), nullable=True),
        sa.Column("recording_task_id", sa.String(length=256), nullable=True),
        sa.Column("slicing_task_id", sa.String(length=256), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["officer.id"], name=op.f("fk_visit_decided_by")),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["relative.id"], name=op.f("fk_visit_requested_by")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_visit_resident_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_visit_site_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_visit_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("held_slot_id", "place", name=op.f("uq_visit_held_slot_id_place")),
        sa.UniqueConstraint(
            "resident_id", "held_slot_id", name=op.f("uq_visit_resident_id_held_slot_id")
        ),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_requested_by"), ["requested_by"], unique=False)
        batch_op.create_index(
            "ix_visit_resident_id_starts_at", ["resident_id", "starts_at"], unique=False
        )
        batch_op.create_index(
            "ix_visit_site_id_status_starts_at", ["site_id", "status", "starts_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_visit_slot_id"), ["slot_id"], unique=False)

    op.create_table(
        "alert",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("visit_id", sa.String(length=26), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "extra_person",
                "unknown_person",
                "absent",
                "face_mismatch",
                name="alertkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("frame_key", sa.String(length=512), nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_alert_site_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_alert_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("visit_id", "kind", name=op.f("uq_alert_visit_id_kind")),
    )
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alert_site_id"), ["site_id"], unique=False)

    op.create_table(
        "face_check",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("relative_id", sa.String(length=26), nullable=False),
        sa.Column("visit_id", sa.String(length=26), nullable=True),
        sa.Column(
            "purpose",
            sa.Enum("registration", "visit", name="facecheckpurpose", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "challenged",
                "checking",
                "passed",
                "refused",
                "ask_again",
                "review",
                "could_not_check",
                name="facecheckstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("challenge", sa.JSON(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("clip_key", sa.String(length=512), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("engine", sa.String(length=64), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["relative_id"], ["relative.id"], name=op.f("fk_face_check_relative_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_face_check_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_face_check")),
    )
    with op.batch_alter_table("face_check", schema=None) as batch_op:
        batch_op.create_index(
            "ix_face_check_relative_id_created_at", ["relative_id", "created_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_face_check_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "frame",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("visit_id", sa.String(length=26), nullable=False),
        sa.Column("cos_key", sa.String(length=512), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("faces", sa.JSON(), nullable=False),
        sa.Column("analysed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_frame_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frame")),
        sa.UniqueConstraint("cos_key", name=op.f("uq_frame_cos_key")),
    )
    with op.batch_alter_table("frame", schema=None) as batch_op:
        batch_op.create_index("ix_frame_visit_id_taken_at", ["visit_id", "taken_at"], unique=False)

    op.create_table(
        "phone_call",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column("family_phone_id", sa.String(length=26), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("recording_key", sa.String(length=512), nullable=True),
        sa.ForeignKeyConstraint(
            ["family_phone_id"], ["family_phone.id"], name=op.f("fk_phone_call_family_phone_id")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_phone_call_resident_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_phone_call_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_call")),
        sa.UniqueConstraint(
            "site_id", "external_id", name=op.f("uq_phone_call_site_id_external_id")
        ),
    )
    with op.batch_alter_table("phone_call", schema=None) as batch_op:
        batch_op.create_index(
            "ix_phone_call_resident_id_started_at", ["resident_id", "started_at"], unique=False
        )

    op.create_table(
        "recording",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("visit", "onsite", "phone", name="recordingkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("visit_id", sa.String(length=26), nullable=True),
        sa.Column("resident_id", sa.String(length=26), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "expected", "playable", "lost", name="recordingstatus", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("cos_key", sa.String(length=512), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_recording_resident_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_recording_site_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_recording_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
        sa.UniqueConstraint("cos_key", name=op.f("uq_recording_cos_key")),
    )
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.create_index(
            "ix_recording_resident_id_starts_at", ["resident_id", "starts_at"], unique=False
        )
        batch_op.create_index(
            "ix_recording_site_id_starts_at", ["site_id", "starts_at"], unique=False
        )
        batch_op.create_index("ix_recording_status_due_at", ["status", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_recording_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "room_event",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("visit_id", sa.String(length=26), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("event_group", sa.Integer(), nullable=False),
        sa.Column("event_type", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.String(length=128), nullable=False),
        sa.Column("happened_ms", sa.BigInteger(), nullable=False),
        sa.Column("info", sa.JSON(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_room_event_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_event")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_room_event_fingerprint")),
    )
    with op.batch_alter_table("room_event", schema=None) as batch_op:
        batch_op.create_index(
            "ix_room_event_visit_id_happened_ms", ["visit_id", "happened_ms"], unique=False
        )

    op.create_table(
        "visit_participant",
        sa.Column("visit_id", sa.String(length=26), nullable=False),
        sa.Column("relative_id", sa.String(length=26), nullable=False),
        sa.Column("kinship", sa.String(length=32), nullable=False),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.Column("face_checked_at", UtcDateTime(), nullable=True),
        sa.Column("joined_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["relative_id"], ["relative.id"], name=op.f("fk_visit_participant_relative_id")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_participant_visit_id")
        ),
        sa.PrimaryKeyConstraint("visit_id", "relative_id", name=op.f("pk_visit_participant")),
    )
    with op.batch_alter_table("visit_participant", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_visit_participant_relative_id"), ["relative_id"], unique=False
        )

    op.create_table(
        "face_template",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("relative_id", sa.String(length=26), nullable=False),
        sa.Column("face_check_id", sa.String(length=26), nullable=False),
        sa.Column("vector", sa.LargeBinary(65_535), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["face_check_id"], ["face_check.id"], name=op.f("fk_face_template_face_check_id")
        ),
        sa.ForeignKeyConstraint(
            ["relative_id"], ["relative.id"], name=op.f("fk_face_template_relative_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_face_template")),
    )
    with op.batch_alter_table("face_template", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_face_template_relative_id"), ["relative_id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("face_template")
    op.drop_table("visit_participant")
    op.drop_table("room_event")
    op.drop_table("recording")
    op.drop_table("phone_call")
    op.drop_table("frame")
    op.drop_table("face_check")
    op.drop_table("alert")
    op.drop_table("visit")
    op.drop_table("ticket_event")
    op.drop_table("relationship")
    op.drop_table("onsite_visitor")
    op.drop_table("family_phone")
    op.drop_table("ticket")
    op.drop_table("slot")
    op.drop_table("resident")
    op.drop_table("officer_ward")
    op.drop_table("officer_role")
    op.drop_table("delivery_nonce")
    op.drop_table("ward")
    op.drop_table("terminal")
    op.drop_table("session_template")
    op.drop_table("phone_check")
    op.drop_table("officer")
    op.drop_table("consent")
    op.drop_table("connected_system")
    op.drop_table("audit_event")
    op.drop_table("timer")
    op.drop_table("site")
    op.drop_table("relative")
    op.drop_table("outbox")
    op.drop_table("idempotency_record")
    op.drop_table("access_token")
