"""Timer, weekly: statements that are slow or read without an index, and indexes that nobody uses, as one ticket.

The server's own performance schema counts them, with every value taken out of the statements.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared import tickets
from shared.clock import in_shanghai, now
from shared.database import in_transaction
from shared.models.tickets import Severity, TicketKind, TicketSource
from shared.sites import first_site

SLOW_MS = 200
LEAST_CALLS = 20
LEAST_DAYS = 7
LEAST_ROWS = 1_000
SHOWN = 15
LONGEST = 300

_STATEMENTS = """
SELECT digest_text, count_star, ROUND(avg_timer_wait / 1e9, 1) AS ms,
       sum_no_index_used + sum_no_good_index_used AS without_index
FROM performance_schema.events_statements_summary_by_digest
WHERE schema_name = DATABASE() AND count_star >= :least
  AND (avg_timer_wait > :slow_ms * 1e9
       OR (sum_no_index_used + sum_no_good_index_used > 0 AND sum_rows_examined > 1000 * count_star))
ORDER BY sum_timer_wait DESC LIMIT :shown
"""
# A unique index works even when nobody reads by it, and a foreign key does not let go of its own; what an index
# costs is worth a word only in a table that has grown.
_UNUSED = """
SELECT u.object_name, u.index_name
FROM performance_schema.table_io_waits_summary_by_index_usage u
JOIN information_schema.statistics s ON s.table_schema = u.object_schema
 AND s.table_name = u.object_name AND s.index_name = u.index_name AND s.seq_in_index = 1
JOIN information_schema.tables t ON t.table_schema = u.object_schema AND t.table_name = u.object_name
WHERE u.object_schema = DATABASE() AND u.index_name <> 'PRIMARY' AND s.non_unique = 1
  AND u.count_star = 0 AND t.table_rows >= :rows
  AND NOT EXISTS (
    SELECT 1 FROM information_schema.key_column_usage k
    WHERE k.table_schema = s.table_schema AND k.table_name = s.table_name
      AND k.column_name = s.column_name AND k.referenced_table_name IS NOT NULL)
ORDER BY u.object_name, u.index_name LIMIT :shown
"""
_UPTIME = "SHOW GLOBAL STATUS LIKE 'Uptime'"
OFF = "性能统计（performance_schema）未开启，无法统计慢查询和索引使用情况，请在数据库参数中开启后重启。"


@in_transaction
def watch_database(session: Session) -> int:
    """1 when a ticket was opened: one a month at most."""
    site_id = first_site(session)
    key = f"database:{in_shanghai(now()):%Y%m}"
    lines = findings(session)
    if site_id is None or not lines:
        return 0
    report = tickets.Report(
        TicketKind.DEFECT,
        Severity.IV,
        "数据库慢查询与索引月度检查",
        "\n".join(lines),
        TicketSource.ALARM,
        key,
    )
    return int(tickets.open_once(session, site_id=site_id, report=report) is not None)


def findings(session: Session) -> list[str]:
    """One line each; empty where all is well, and on SQLite, which serves no site."""
    if session.get_bind().dialect.name == "sqlite":
        return []
    if not session.scalar(text("SELECT @@performance_schema")):
        return [OFF]
    asked = {"least": LEAST_CALLS, "slow_ms": SLOW_MS, "shown": SHOWN}
    slow = [_statement(*row) for row in session.execute(text(_STATEMENTS), asked)]
    return [*slow, *_unused(session)]


def _unused(session: Session) -> list[str]:
    """Counted since the server started, so soon after that it says nothing."""
    days = int(session.execute(text(_UPTIME)).one()[1]) // 86_400
    if days < LEAST_DAYS:
        return []
    found = session.execute(text(_UNUSED), {"shown": SHOWN, "rows": LEAST_ROWS})
    return [f"启动 {days} 天以来未使用的索引：{table}.{index}" for table, index in found]


def _statement(digest: str, calls: int, ms: Any, without_index: int) -> str:
    words: Sequence[str] = (digest or "").split()
    marks = "，未使用索引" if without_index else ""
    return f"平均 {ms} 毫秒，{calls} 次{marks}：{' '.join(words)[:LONGEST]}"
