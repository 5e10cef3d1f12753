"""tickets and clocks."""

import csv
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from shared.models.base import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


# As shared.rules.ticket_flow had them when this was written; a test compares.
STEPS = (
    "change:acknowledged>change:analysed",
    "change:analysed>change:approved",
    "change:analysed>change:refused",
    "change:approved>change:refused",
    "change:approved>change:resolved",
    "change:open>change:acknowledged",
    "change:resolved>change:closed",
    "consult:acknowledged>consult:closed",
    "consult:open>consult:acknowledged",
    "consult:open>consult:closed",
    "defect:acknowledged>consult:acknowledged",
    "defect:acknowledged>defect:analysed",
    "defect:analysed>defect:acknowledged",
    "defect:analysed>defect:approved",
    "defect:approved>defect:resolved",
    "defect:open>defect:acknowledged",
    "defect:reported>defect:closed",
    "defect:resolved>defect:approved",
    "defect:resolved>defect:reported",
    "incident:acknowledged>incident:resolved",
    "incident:confirmed>incident:closed",
    "incident:open>incident:acknowledged",
    "incident:resolved>incident:acknowledged",
    "incident:resolved>incident:confirmed",
)


def _guard_the_flow() -> None:
    """The database itself refuses a step that the flow does not know. A batch change of `ticket` drops this trigger."""
    steps = ", ".join(f"'{one}'" for one in STEPS)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER ticket_flow BEFORE UPDATE OF kind, status ON ticket "
            "WHEN (OLD.kind <> NEW.kind OR OLD.status <> NEW.status) AND "
            "OLD.kind || ':' || OLD.status || '>' || NEW.kind || ':' || NEW.status "
            f"NOT IN ({steps}) BEGIN SELECT RAISE(ABORT, 'ticket_flow'); END"
        )
    else:
        op.execute(
            "CREATE TRIGGER ticket_flow BEFORE UPDATE ON ticket FOR EACH ROW "
            "IF (OLD.kind <> NEW.kind OR OLD.status <> NEW.status) AND "
            "CONCAT(OLD.kind, ':', OLD.status, '>', NEW.kind, ':', NEW.status) "
            f"NOT IN ({steps}) THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'ticket_flow'; END IF"
        )


def _seed_calendar() -> None:
    """2026 as the State Council announced it: weekdays are worked, but for the listed exceptions."""
    path = Path(__file__).parents[1] / "data" / "holidays_2026.csv"
    with path.open(encoding="utf-8", newline="") as file:
        exceptions = {
            date.fromisoformat(row["day"]): row["worked"] == "1" for row in csv.DictReader(file)
        }
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    table = sa.table(
        "calendar_day",
        sa.column("day", sa.Date),
        sa.column("worked", sa.Boolean),
        sa.column("changed_at", UtcDateTime),
    )
    seeded_at = datetime(2026, 1, 1, tzinfo=timezone.utc)
    op.bulk_insert(
        table,
        [
            {"day": day, "worked": exceptions.get(day, day.weekday() < 5), "changed_at": seeded_at}
            for day in days
        ],
    )


def upgrade() -> None:
    for table in ("ticket_event", "timer", "ticket"):  # begun in 0001, never deployed
        op.drop_table(table)
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("worked", sa.Boolean(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("job", sa.String(length=64), nullable=False),
        sa.Column("beat_at", UtcDateTime(), nullable=False),
        sa.Column("failed_at", UtcDateTime(), nullable=True),
        sa.Column("error", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "sla_policy",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_sla_policy")),
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
        sa.Column("told", sa.JSON(), nullable=True),
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
            "opened_as",
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
                "open",
                "acknowledged",
                "analysed",
                "approved",
                "resolved",
                "confirmed",
                "reported",
                "closed",
                "refused",
                name="ticketstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "inspection", "alarm", "person", name="ticketsource", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("source_key", sa.String(length=128), nullable=True),
        sa.Column("submitter_kind", sa.String(length=16), nullable=False),
        sa.Column("submitter_id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.LargeBinary(65_535), nullable=False),
        sa.Column("text", sa.LargeBinary(65_535), nullable=False),
        sa.Column("policy", sa.JSON(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("reported_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column(
            "finding",
            sa.Enum(
                "technical", "business", "operation", name="finding", native_enum=False, length=32
            ),
            nullable=True,
        ),
        sa.Column("cause", sa.LargeBinary(65_535), nullable=True),
        sa.Column("method", sa.LargeBinary(65_535), nullable=True),
        sa.Column("prevention", sa.LargeBinary(65_535), nullable=True),
        sa.Column("loss", sa.LargeBinary(65_535), nullable=True),
        sa.Column("estimated", sa.Integer(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_ticket_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("source_key", name=op.f("uq_ticket_source_key")),
    )
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_changed_at", ["changed_at"], unique=False)
        batch_op.create_index(
            "ix_ticket_site_id_status_reported_at",
            ["site_id", "status", "reported_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_ticket_submitter_id"), ["submitter_id"], unique=False)

    op.create_table(
        "duty_shift",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.String(length=26), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_duty_shift_officer_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_duty_shift_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_shift")),
    )
    with op.batch_alter_table("duty_shift", schema=None) as batch_op:
        batch_op.create_index(
            "ix_duty_shift_site_id_level_starts_at", ["site_id", "level", "starts_at"], unique=False
        )

    op.create_table(
        "ticket_clock",
        sa.Column("ticket_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("plan", sa.String(length=32), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("fired_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_clock_ticket_id")
        ),
        sa.PrimaryKeyConstraint("ticket_id", "name", name=op.f("pk_ticket_clock")),
    )
    with op.batch_alter_table("ticket_clock", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_clock_due_at", ["due_at"], unique=False)

    op.create_table(
        "ticket_event",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("ticket_id", sa.String(length=26), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("actor_kind", sa.String(length=16), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("text", sa.LargeBinary(65_535), nullable=False),
        sa.Column(
            "digest",
            sa.LargeBinary(length=32).with_variant(sa.BINARY(32), "mysql", "mariadb"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_event_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_event")),
        sa.UniqueConstraint("ticket_id", "seq", name=op.f("uq_ticket_event_ticket_id_seq")),
    )
    op.create_table(
        "person_day_year",
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("allowed", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "used >= 0 AND used <= allowed", name=op.f("ck_person_day_year_used_within_allowed")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_person_day_year_site_id")),
        sa.PrimaryKeyConstraint("site_id", "year", name=op.f("pk_person_day_year")),
    )
    op.create_table(
        "person_day_entry",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("site_id", sa.String(length=26), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.String(length=26), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "reserve",
                "commit",
                "release",
                name="persondayentrykind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=26), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_person_day_entry_site_id")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_person_day_entry_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_day_entry")),
    )
    with op.batch_alter_table("person_day_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_person_day_entry_ticket_id"), ["ticket_id"], unique=False
        )

    _guard_the_flow()
    _seed_calendar()


def downgrade() -> None:
    for table in (
        "person_day_entry", "person_day_year", "ticket_event", "ticket_clock", "duty_shift", "ticket", "timer",
        "sla_policy", "heartbeat", "calendar_day",
    ):  # fmt: skip
        op.drop_table(table)
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
