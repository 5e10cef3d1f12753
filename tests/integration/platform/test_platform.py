"""One time line, one search, one way to play: whole, in order, and never beyond an officer's scope."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from functions.approve.platform import search_recordings, timeline
from local.sample_people import BROTHER, GUO, SON
from shared.clients import storage
from shared.models.officers import Officer, OfficerWard
from shared.models.people import Relative
from shared.models.phones import FamilyPhone, FamilyPhoneStatus
from shared.models.places import Ward
from shared.models.plumbing import AuditEvent
from shared.models.rooms import (
    AlertKind,
    PlaybackGrant,
    Recording,
    RecordingKind,
    RecordingStatus,
)
from shared.models.visits import VisitStatus
from shared.sealing import blind_index
from tests.integration.platform.history import (
    NUMBER,
    add_call,
    add_onsite,
    add_visit,
    recording_of,
    resident_of,
)
from tests.integration.problems import assert_problem
from tests.integration.world import Answer, World

RECORDINGS = "/approve/v1/recordings"


class History:
    """GUO's brother: two visits (one with an alert), two on-site visits, three calls; one call of the other resident."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.brother, self.son = resident_of(world, BROTHER.number), resident_of(world, SON.number)
        self.guo = world.one(Relative, openid_index=blind_index(GUO.openid, context="openid"))
        day = world.clock.now().replace(microsecond=0) - timedelta(days=10)
        hour = timedelta(hours=1)
        phone = FamilyPhone(
            site_id=self.brother.site_id,
            resident_id=self.brother.id,
            relative_id=self.guo.id,
            number="13900000022",
            kinship="兄弟",
            status=FamilyPhoneStatus.APPROVED,
        )
        world.add(phone)
        stranger = (AlertKind.UNKNOWN_PERSON,)
        self.quiet = add_visit(world, self.brother, self.guo, day)
        self.alerted = add_visit(world, self.brother, self.guo, day + hour, alerts=stranger)
        self.refused = add_visit(
            world, self.brother, self.guo, day + 2 * hour, status=VisitStatus.REJECTED
        )
        self.onsite = [add_onsite(world, self.brother, day + hour * n) for n in (1, 3)]
        self.calls = [add_call(world, self.brother, day + hour) for _ in range(2)]
        self.known_call = add_call(world, self.brother, day + 4 * hour, phone=phone)
        self.foreign = add_call(world, self.son, day + 5 * hour)

    def contacts(self, officer: str = "zhao", **query: Any) -> Answer:
        path = f"/approve/v1/residents/{self.brother.id}/contacts?{urlencode(query)}"
        return self.world.get(path, token=self.world.officer(officer))

    def search(self, officer: str = "wang", **query: Any) -> Answer:
        path = f"{RECORDINGS}?{urlencode(query)}"
        return self.world.get(path, token=self.world.officer(officer))

    def found(self, officer: str = "wang", **query: Any) -> set[str]:
        """Ids of the visits and calls whose recordings are found."""
        answer = self.search(officer, **query)
        assert answer.status == 200, answer.text
        calls = {one.recording_id: one.id for one in [*self.calls, self.known_call, self.foreign]}
        return {one["visit_id"] or calls[one["id"]] for one in answer.json["recordings"]}


@pytest.fixture
def history(world: World) -> History:
    return History(world)


def test_the_whole_history_in_one_line(history: History) -> None:
    seen = history.contacts().json
    assert seen["resident"]["number"] == BROTHER.number
    times = [one["at"] for one in seen["contacts"]]
    assert times == sorted(times, reverse=True)
    assert [one["channel"] for one in seen["contacts"]].count("phone") == 3
    assert len(seen["contacts"]) == 8
    newest = seen["contacts"][0]
    assert (newest["number"], newest["people"]) == (
        "13900000022",
        [{"name": GUO.name, "kinship": "兄弟"}],
    )
    alerted = next(one for one in seen["contacts"] if one["id"] == history.alerted.id)
    assert alerted["alerts"] == ["unknown_person"]
    assert [one["status"] for one in alerted["recordings"]] == ["playable"]
    reads = [one for one in history.world.rows(AuditEvent) if one.action == "history.read"]
    assert [one.subject_id for one in reads] == [history.brother.id]


def test_each_film_of_a_visit_is_shown_with_its_times(history: History) -> None:
    """A robot that was sent again makes a second film; one that never came is not hidden behind it."""
    world, visit = history.world, history.quiet
    second, third = (
        recording_of(
            history.brother, RecordingKind.VISIT, visit.starts_at + timedelta(minutes=late),
            visit_id=visit.id,
        )
        for late in (20, 10)
    )  # fmt: skip
    third.status = RecordingStatus.LOST
    world.add(second, third)
    seen = next(one for one in history.contacts().json["contacts"] if one["id"] == visit.id)
    films = seen["recordings"]
    assert [one["status"] for one in films] == ["playable", "lost", "playable"]
    assert [one["id"] for one in films][1:] == [third.id, second.id]
    assert films[2]["starts_at"] > films[1]["starts_at"] > films[0]["starts_at"]
    desk = world.get(f"/approve/v1/visits/{visit.id}", token=world.officer("wang")).json
    assert (desk["recording"], desk["recording_id"]) == ("lost", films[0]["id"])


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_hold_every_contact_once_also_at_the_same_moment(
    history: History, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    whole = [one["id"] for one in history.contacts().json["contacts"]]
    monkeypatch.setattr(timeline, "PAGE", size)
    paged: list[str] = []
    place: dict[str, str] = {}
    while True:
        page = history.contacts(**place).json
        paged += [one["id"] for one in page["contacts"]]
        if page["next"] is None:
            break
        place = {"before": page["next"]}
    assert paged == whole
    assert_problem(history.contacts(before="nonsense"), 422, "page_unknown")


def test_filters_of_the_time_line(history: History) -> None:
    def ids(**query: Any) -> set[str]:
        return {one["id"] for one in history.contacts(**query).json["contacts"]}

    calls = {one.id for one in [*history.calls, history.known_call]}
    assert ids(channel="phone") == calls
    assert ids(channel="onsite") == {one.id for one in history.onsite}
    assert ids(alerted="true") == {history.alerted.id}
    assert ids(recorded="true") == {history.quiet.id, history.alerted.id, *calls}
    by_guo = {history.quiet.id, history.alerted.id, history.refused.id, history.known_call.id}
    assert ids(relative_id=history.guo.id) == by_guo
    day = history.quiet.starts_at
    assert ids(since=day.isoformat(), until=(day + timedelta(hours=1)).isoformat()) == {
        history.quiet.id
    }


def test_recordings_by_time_person_number_kind_and_alert(history: History) -> None:
    calls = {one.id for one in history.calls}
    every = {history.quiet.id, history.alerted.id, history.known_call.id, history.foreign.id}
    assert history.found() == every | calls
    assert history.found(kind="visit") == {history.quiet.id, history.alerted.id}
    assert history.found(alert="unknown_person") == {history.alerted.id}
    assert history.found(alert="absent") == set()
    assert history.found(alerted="true") == {history.alerted.id}
    assert history.found(number=NUMBER) == calls | {history.foreign.id}
    assert history.found(person=SON.name) == {history.foreign.id}
    assert history.found(person=SON.number) == {history.foreign.id}
    by_guo = {history.quiet.id, history.alerted.id, history.known_call.id}
    assert history.found(person=GUO.name) == by_guo
    assert history.found(person=GUO.name, kind="phone") == {history.known_call.id}
    assert history.found(person=BROTHER.name, number="13900000022") == {history.known_call.id}
    assert history.found(person="查无此人") == set()
    since = history.known_call.started_at.isoformat()
    assert history.found(since=since) == {history.known_call.id, history.foreign.id}
    assert_problem(history.search(since=since, until=since), 422, "period_order")
    assert_problem(history.search(since="2020-01-01T00:00:00Z"), 422, "period_too_long")
    asked = [one for one in history.world.rows(AuditEvent) if one.action == "recordings.searched"]
    assert SON.name not in str([one.details for one in asked])


def test_found_recordings_come_in_pages(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_recordings, "PAGE", 2)
    paged: list[str] = []
    place: dict[str, str] = {}
    while True:
        page = history.search(person=BROTHER.name, **place).json
        paged += [one["id"] for one in page["recordings"]]
        if page["next"] is None:
            break
        place = {"before": page["next"]}
    assert len(paged) == len(set(paged)) == 5


def limit(world: World, username: str, ward: str) -> None:
    officer = world.one(Officer, username=username)
    world.add(OfficerWard(officer_id=officer.id, ward_id=world.one(Ward, name=ward).id))


def test_nothing_exists_beyond_the_scope(history: History) -> None:
    world = history.world
    limit(world, "zhao", "一大队")  # the brother is in the second
    assert_problem(history.contacts(), 404, "not_found")
    assert history.found("zhao") == {history.foreign.id}
    assert history.found("zhao", person=GUO.name) == set()
    assert history.found("zhao", number="13900000022") == set()
    recording = world.one(Recording, visit_id=history.quiet.id)
    path = f"{RECORDINGS}/{recording.id}/playback"
    assert world.post(path, {"reason": "核查"}, token=world.officer("zhao")).status == 404


def play(world: World, recording: Recording, reason: str = "核查会见内容") -> Answer:
    path = f"{RECORDINGS}/{recording.id}/playback"
    return world.post(path, {"reason": reason}, token=world.officer("wang"))


def test_a_link_needs_a_reason_and_is_one_officers_for_minutes(history: History) -> None:
    world = history.world
    recording = world.one(Recording, visit_id=history.alerted.id)
    storage.write(recording.cos_key or "", b"a film!", "video/mp4")
    assert play(world, recording, "").status == 422
    assert world.rows(PlaybackGrant) == []
    link = play(world, recording).json
    assert requests.get(link["url"], timeout=10).content == b"a film!"
    assert (link["expires_in"], link["watermark"].split()[0]) == (300, "王警官")
    played = next(one for one in world.rows(AuditEvent) if one.action == "recording.played")
    assert (played.reason, played.subject_id) == ("核查会见内容", recording.id)
    renew = f"/approve/v1/playbacks/{link['grant_id']}/link"
    assert world.post(renew, token=world.officer("wang")).json["url"] != ""
    assert world.post(renew, token=world.officer("sun")).status == 404
    assert parse_qs(urlsplit(link["url"]).query)["X-Amz-Expires"] == ["300"]  # COS holds it to this
    world.clock.forward(hours=2)
    assert_problem(world.post(renew, token=world.officer("wang")), 404, "playback_over")


def test_who_loses_the_ward_loses_the_link(history: History) -> None:
    world = history.world
    link = play(world, world.one(Recording, visit_id=history.quiet.id)).json
    limit(world, "wang", "一大队")
    renew = f"/approve/v1/playbacks/{link['grant_id']}/link"
    assert world.post(renew, token=world.officer("wang")).status == 404


def test_a_legal_hold_is_a_supervisors_and_has_a_reason(history: History) -> None:
    world = history.world
    recording = world.one(Recording, visit_id=history.quiet.id)

    def change(what: str, officer: str = "sun") -> Answer:
        body = {"reason": "案件调查需要"}
        return world.post(f"{RECORDINGS}/{recording.id}/{what}", body, token=world.officer(officer))

    assert change("hold", "wang").status == 403
    assert change("hold").json["legal_hold"] is True
    assert_problem(change("hold"), 409, "changed_meanwhile")
    assert history.found(held="true") == {history.quiet.id}
    assert change("release").json["legal_hold"] is False
    assert history.found(held="true") == set()
