"""The one platform: contact history, recordings, figures."""

from typing import Any

from functions.approve.platform import schemas
from functions.approve.platform.export_history import export_history
from functions.approve.platform.figures import show_figures
from functions.approve.platform.find_residents import find_residents
from functions.approve.platform.legal_hold import set_legal_hold
from functions.approve.platform.playback import play_recording, renew_link
from functions.approve.platform.report import make_report
from functions.approve.platform.search_recordings import Question, search_recordings
from functions.approve.platform.timeline import Filters, show_timeline
from functions.approve.who import deciders, desk, supervisors
from shared.http.access import actor
from shared.http.blueprint import Blueprint
from shared.rules.quota import Channel

api = Blueprint("platform", __name__, url_prefix="/approve/v1")


@api.get("/search/residents", responses={200: schemas.FoundResidents})
@deciders
def get_found_residents(query: schemas.PersonAsked) -> Any:
    found = find_residents(actor=actor(), person=query.person)
    return schemas.FoundResidents.of({"residents": found})


@api.get("/residents/<resident_id>/contacts", responses={200: schemas.Timeline})
@deciders
def get_contacts(path: schemas.HistoryPath, query: schemas.TimelineFilters) -> Any:
    given = query.model_dump(exclude={"channel", "before"})
    return schemas.Timeline.of(
        show_timeline(
            actor=actor(),
            resident_id=path.resident_id,
            filters=Filters(channels=_channels(query.channel), **given),
            before=query.before,
        )
    )


@api.get("/recordings", responses={200: schemas.FoundRecordings})
@desk
def get_recordings(query: schemas.RecordingQuestion) -> Any:
    question = Question(**query.model_dump(exclude={"before"}))
    return schemas.FoundRecordings.of(
        search_recordings(actor=actor(), question=question, before=query.before)
    )


@api.post("/recordings/<recording_id>/playback", responses={200: schemas.PlaybackLink})
@desk
def post_playback(path: schemas.RecordedPath, body: schemas.PlatformReason) -> Any:
    link = play_recording(actor=actor(), recording_id=path.recording_id, reason=body.reason)
    return schemas.PlaybackLink.of(link)


@api.post("/playbacks/<grant_id>/link", responses={200: schemas.PlaybackLink})
@desk
def post_link(path: schemas.GrantPath) -> Any:
    return schemas.PlaybackLink.of(renew_link(actor=actor(), grant_id=path.grant_id))


@api.post("/recordings/<recording_id>/hold", responses={200: schemas.HeldRecording})
@supervisors
def post_hold(path: schemas.RecordedPath, body: schemas.PlatformReason) -> Any:
    return _hold(path.recording_id, True, body.reason)


@api.post("/recordings/<recording_id>/release", responses={200: schemas.HeldRecording})
@supervisors
def post_release(path: schemas.RecordedPath, body: schemas.PlatformReason) -> Any:
    return _hold(path.recording_id, False, body.reason)


def _hold(recording_id: str, held: bool, reason: str) -> Any:
    changed = set_legal_hold(actor=actor(), recording_id=recording_id, held=held, reason=reason)
    return schemas.HeldRecording.of(changed)


@api.post("/residents/<resident_id>/contacts/export", responses={200: schemas.HistoryFile})
@deciders
def post_export(path: schemas.HistoryPath, body: schemas.ExportHistory) -> Any:
    given = body.model_dump(exclude={"channel", "reason"})
    filters = Filters(channels=_channels(body.channel), **given)
    return schemas.HistoryFile.of(
        export_history(
            actor=actor(), resident_id=path.resident_id, filters=filters, reason=body.reason
        )
    )


@api.get("/figures", responses={200: schemas.ContactFigures})
@deciders
def get_figures(query: schemas.FiguresOf) -> Any:
    return schemas.ContactFigures.of(show_figures(actor=actor(), **query.model_dump()))


@api.post("/figures/report", responses={200: schemas.HandedOut})
@deciders
def post_report(body: schemas.MakeReport) -> Any:
    return schemas.HandedOut.of(make_report(actor=actor(), **body.model_dump()))


def _channels(one: Channel | None) -> frozenset[Channel]:
    return frozenset({one} if one else Channel)
