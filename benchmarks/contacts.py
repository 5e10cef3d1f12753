"""Millions of made-up contacts for the time line's benchmark, written by the database itself; none of a real person.

Contact `i` of `count` is the resident's `i % people`, over the channel that its turn gives (one visit, one on-site
visit, three calls), and time goes on evenly over three years. Ids grow with time, as real ones do.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Column, Engine, Integer, MetaData, Table, create_engine, insert, text

from benchmarks.data import made_id
from shared.clock import now
from shared.models.base import Base, BlindIndex, SealedText
from shared.models.officers import Officer, OfficerRole, OfficerWard, Role
from shared.models.people import Relationship, RelationshipStatus, Relative, Resident
from shared.models.phones import FamilyPhone, FamilyPhoneStatus
from shared.models.places import Site, Ward
from shared.models.timetable import Slot
from shared.sealing import blind_index

SITES, WARDS = 4, 10  # wards of one site
EACH = 100  # contacts of one resident
YEARS = timedelta(days=3 * 365)
CHUNK = 250_000
LOG, LAZY_LOG = 100_663_296, 2_147_483_648  # bytes; the first is MariaDB's own choice
TABLES = ("visit", "visit_participant", "onsite_visit", "phone_call", "recording", "alert")
Progress = Callable[[str], None]

# What is sealed under a call's own columns, once a resident, for the database to copy.
_SEALED = Table(
    "bench_sealed",
    MetaData(),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("number", SealedText("phone_call.number")),
    Column("number_index", BlindIndex),
    Column("call_resident", SealedText("phone_call.resident_number")),
    Column("onsite_resident", SealedText("onsite_visit.resident_number")),
    Column("resident_index", BlindIndex),
)


def fill(url: str, count: int, progress: Progress) -> None:
    # Not the product's engine: building the keys of millions takes longer than a request may.
    engine = create_engine(url)
    _write_lazily(engine, True)
    _fill(engine, count, progress)
    _write_lazily(engine, False)
    engine.dispose()


def _write_lazily(engine: Engine, lazily: bool) -> None:
    """While filling, nothing that a power cut would lose matters; measured is with everything as it is in use."""
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SET GLOBAL innodb_flush_log_at_trx_commit={int(not lazily)}")
        connection.exec_driver_sql(f"SET GLOBAL innodb_log_file_size={LAZY_LOG if lazily else LOG}")


def _fill(engine: Engine, count: int, progress: Progress) -> None:
    people = count // EACH
    _add_people(engine, people, progress)
    keys = {table: _drop_keys(engine, table) for table in TABLES}
    span = {"people": people, "step": YEARS / count // timedelta(microseconds=1)}
    span["first"] = (now() - YEARS - timedelta(days=1)).replace(tzinfo=None)  # type: ignore[assignment]
    for begin in range(0, count, CHUNK):
        with engine.begin() as connection:
            connection.exec_driver_sql("SET foreign_key_checks=0, unique_checks=0")
            chunk = {**span, "begin": begin, "past": min(begin + CHUNK, count)}
            for statement in _STATEMENTS:
                connection.execute(text(statement), chunk)
            connection.exec_driver_sql("SET foreign_key_checks=1, unique_checks=1")
        progress(f"{chunk['past']:,} of {count:,} contacts")
    for table in TABLES:
        _add_keys(engine, table, keys[table])
        progress(f"{table}: {len(keys[table])} keys")
    with engine.begin() as connection:
        connection.exec_driver_sql(f"ANALYZE TABLE {', '.join(TABLES)}")


def resident_id(number: int) -> str:
    return made_id("resident", number)


def phone_number(number: int) -> str:
    return f"139{number:08d}"


def relative_name(number: int) -> str:
    """No two alike, so that a search by name means one."""
    return "示例" + "".join("甲乙丙丁戊己庚辛壬癸"[int(one)] for one in str(number))


def site_id(number: int) -> str:
    return made_id("site", number % SITES)


def ward_id(number: int) -> str:
    return made_id("ward", number % SITES * WARDS + number // SITES % WARDS)


def _add_people(engine: Engine, people: int, progress: Progress) -> None:
    _add(engine, Site, [{"id": site_id(n), "name": "示例所", "rules": {}} for n in range(SITES)])
    wards = [(made_id("ward", n), site_id(n // WARDS)) for n in range(SITES * WARDS)]
    _add(engine, Ward, [{"id": one, "site_id": site, "name": "大队"} for one, site in wards])
    for number in range(SITES):
        _add_officers(engine, number)
    for begin in range(0, people, 2_000):
        numbers = range(begin, min(begin + 2_000, people))
        _add(engine, Resident, [_resident(one) for one in numbers])
        _add(engine, Relative, [_relative(one) for one in numbers])
        _add(engine, Relationship, [_tie(one) for one in numbers])
        _add(engine, FamilyPhone, [_phone(one) for one in numbers])
        with engine.begin() as connection:
            _SEALED.create(connection, checkfirst=True)
            connection.execute(insert(_SEALED), [_sealed(one) for one in numbers])
        progress(f"{numbers[-1] + 1:,} of {people:,} residents")


def _add_officers(engine: Engine, number: int) -> None:
    """Of each site one who sees all of it and one limited to a ward; and a slot that visits point at."""
    whole, limited = made_id("officer", number), made_id("limited", number)
    row = {"site_id": site_id(number), "name": "值守民警"}
    _add(engine, Officer, [{**row, "id": one, "wecom_user_id": one} for one in (whole, limited)])
    roles = [{"officer_id": one, "role": Role.VISIT_OFFICER} for one in (whole, limited)]
    _add(engine, OfficerRole, roles)
    _add(engine, OfficerWard, [{"officer_id": limited, "ward_id": ward_id(number)}])
    slot = {"id": made_id("slot", number), "site_id": site_id(number), "capacity": 1, "taken": 0}
    _add(engine, Slot, [{**slot, "starts_at": now(), "ends_at": now() + timedelta(minutes=30)}])


def _resident(number: int) -> dict[str, Any]:
    return {
        "id": resident_id(number),
        "site_id": site_id(number),
        "ward_id": ward_id(number),
        "number": str(number),
        "number_index": blind_index(str(number), context="resident_number"),
        "name": "示例人员",
        "name_index": blind_index(f"示例人员{number}", context="name"),
    }


def _relative(number: int) -> dict[str, Any]:
    name = relative_name(number)
    return {
        "id": made_id("relative", number),
        "openid": "openid",
        "openid_index": blind_index(f"openid-{number}", context="openid"),
        "name": name,
        "name_index": blind_index(name, context="name"),
    }


def _tie(number: int) -> dict[str, Any]:
    return {
        "id": made_id("tie", number),
        "site_id": site_id(number),
        "relative_id": made_id("relative", number),
        "resident_id": resident_id(number),
        "kinship": "母亲",
        "status": RelationshipStatus.APPROVED,
    }


def _phone(number: int) -> dict[str, Any]:
    return {
        "id": made_id("phone", number),
        "site_id": site_id(number),
        "resident_id": resident_id(number),
        "relative_id": made_id("relative", number),
        "number": phone_number(number),
        "number_index": blind_index(phone_number(number), context="phone"),
        "kinship": "母亲",
        "status": FamilyPhoneStatus.APPROVED,
    }


def _sealed(number: int) -> dict[str, Any]:
    return {
        "n": number,
        "number": phone_number(number),
        "number_index": blind_index(phone_number(number), context="phone"),
        "call_resident": str(number),
        "onsite_resident": str(number),
        "resident_index": blind_index(str(number), context="resident_number"),
    }


def _add(engine: Engine, table: type[Base], rows: list[dict[str, Any]]) -> None:
    with engine.begin() as connection:
        connection.execute(insert(table), rows)


def _drop_keys(engine: Engine, table: str) -> list[str]:
    """Keys built once over sorted rows take minutes, row by row they would take hours. Gives their definitions."""
    with engine.begin() as connection:
        made = connection.exec_driver_sql(f"SHOW CREATE TABLE {table}").one()[1]
        lines = [line.strip().rstrip(",") for line in made.splitlines()]
        keys = [one for one in lines if re.match(r"(UNIQUE )?KEY|CONSTRAINT", one)]
        names = [(one.startswith("CONSTRAINT"), one.split("`")[1]) for one in keys]
        drops = [f"DROP FOREIGN KEY `{name}`" for foreign, name in names if foreign]
        drops += [f"DROP KEY `{name}`" for foreign, name in names if not foreign]
        if drops:
            connection.exec_driver_sql(f"ALTER TABLE {table} {', '.join(drops)}")
    return keys


def _add_keys(engine: Engine, table: str, keys: list[str]) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("SET foreign_key_checks=0")
        for keys_only in (True, False):
            chosen = [one for one in keys if one.startswith("CONSTRAINT") is not keys_only]
            if chosen:
                adds = ", ".join(f"ADD {one}" for one in chosen)
                connection.exec_driver_sql(f"ALTER TABLE {table} {adds}")


_FROM = """
FROM (SELECT seq AS i, seq MOD :people AS n, (seq + seq DIV :people) MOD 5 AS turn,
             seq DIV 5 MOD 50 = seq DIV :people MOD 50 AS alerted,
             :first + INTERVAL (seq * :step) MICROSECOND AS at
      FROM seq_0_to_9999999 WHERE seq >= :begin AND seq < :past) c
JOIN resident r ON r.id = CONCAT('resident', LPAD(c.n, 18, '0'))
"""
_VISITS = f"""
INSERT INTO visit (id, site_id, slot_id, resident_id, status, place, starts_at, ends_at, requested_at, requested_by)
SELECT CONCAT('00', LPAD(c.i, 24, '0')), r.site_id, CONCAT('slot', LPAD(c.n MOD {SITES}, 22, '0')), r.id, 'completed',
       1 + c.n MOD 40, c.at, c.at + INTERVAL 30 MINUTE, c.at - INTERVAL 3 DAY, CONCAT('relative', LPAD(c.n, 18, '0'))
{_FROM} WHERE c.turn = 0
"""
_PARTICIPANTS = f"""
INSERT INTO visit_participant (visit_id, relative_id, kinship, lead)
SELECT CONCAT('00', LPAD(c.i, 24, '0')), CONCAT('relative', LPAD(c.n, 18, '0')), '母亲', 1
{_FROM} WHERE c.turn = 0
"""
_ALERTS = f"""
INSERT INTO alert (id, site_id, visit_id, kind, count, frame_key, first_at, last_at, changed_at)
SELECT CONCAT('00', LPAD(c.i, 24, '0')), r.site_id, CONCAT('00', LPAD(c.i, 24, '0')),
       ELT(1 + c.i MOD 4, 'extra_person', 'unknown_person', 'absent', 'face_mismatch'), 1, 'frames/x.jpg', c.at, c.at, c.at
{_FROM} WHERE c.turn = 0 AND c.alerted
"""
_ONSITE = f"""
INSERT INTO onsite_visit (id, site_id, external_id, resident_id, resident_number, resident_number_index, visitor_ids,
                          status, started_at, ended_at, recording_id, changed_at, received_at)
SELECT CONCAT('00', LPAD(c.i, 24, '0')), r.site_id, c.i, r.id, s.onsite_resident, s.resident_index, '[]', 'completed',
       c.at, c.at + INTERVAL 30 MINUTE, CONCAT('00', LPAD(c.i, 24, '0')), c.at, c.at
{_FROM} JOIN bench_sealed s ON s.n = c.n WHERE c.turn = 1
"""
_CALLS = f"""
INSERT INTO phone_call (id, site_id, external_id, resident_id, resident_number, resident_number_index, family_phone_id,
                        number, number_index, direction, result, started_at, seconds, recording_id, changed_at, received_at)
SELECT CONCAT('00', LPAD(c.i, 24, '0')), r.site_id, c.i, r.id, s.call_resident, s.resident_index,
       CONCAT('phone', LPAD(c.n, 21, '0')), s.number, s.number_index, 'outgoing', 'answered', c.at, 300,
       CONCAT('00', LPAD(c.i, 24, '0')), c.at, c.at
{_FROM} JOIN bench_sealed s ON s.n = c.n WHERE c.turn > 1
"""
_RECORDINGS = f"""
INSERT INTO recording (id, site_id, kind, visit_id, resident_id, status, cos_key, bytes, sha256, starts_at, ends_at,
                       legal_hold, created_at)
SELECT CONCAT('00', LPAD(c.i, 24, '0')), r.site_id, ELT(1 + LEAST(c.turn, 2), 'visit', 'onsite', 'phone'),
       IF(c.turn = 0, CONCAT('00', LPAD(c.i, 24, '0')), NULL), r.id, 'playable', CONCAT('recordings/', c.i, '.mp4'),
       1000000, REPEAT('0', 64), c.at, c.at + INTERVAL 30 MINUTE, 0,
       c.at
{_FROM}
"""
_STATEMENTS = (_VISITS, _PARTICIPANTS, _ALERTS, _ONSITE, _CALLS, _RECORDINGS)
