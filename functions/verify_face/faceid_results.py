"""What each answer of Tencent FaceID means, as data (cloud-facts 2; the SDK's own list of error codes).

Every code leads to one of four: pass, refuse, ask again, or "could not check". What is not listed could not be
checked: an unknown word is never a pass and never held against a person.
"""

from dataclasses import dataclass

from shared.models.faces import FaceCheckStatus

PASS_LINE = 70.0
"""`Sim` from here on is the vendor's own pass: one wrong accept in 10,000."""
REVIEW_LINE = 60.0
"""From here to the pass line an officer decides; the vendor says nothing about this range [U]."""

PASSED, REFUSED = FaceCheckStatus.PASSED, FaceCheckStatus.REFUSED
ASK_AGAIN, COULD_NOT = FaceCheckStatus.ASK_AGAIN, FaceCheckStatus.COULD_NOT_CHECK


@dataclass(frozen=True)
class Meaning:
    """`reason` is a code of shared.reasons. `page`: nothing works again until somebody acts."""

    status: FaceCheckStatus
    reason: str | None
    page: bool = False


UNKNOWN = Meaning(COULD_NOT, "face_check_later")
_LATER = UNKNOWN
_OURS = Meaning(COULD_NOT, "face_check_later", page=True)


def _again(reason: str) -> Meaning:
    return Meaning(ASK_AGAIN, reason)


# LivenessCompare and LivenessRecognition: `Result`, or the code of an API error, without "FailedOperation.".
CLIP: dict[str, Meaning] = {
    "Success": Meaning(PASSED, None),
    # not this person, or nobody alive
    "CompareLowSimilarity": Meaning(REFUSED, "not_same_person"),
    "LifePhotoDetectFake": Meaning(REFUSED, "not_alive"),
    "LivessDetectFake": Meaning(REFUSED, "not_alive"),
    "SilentPictureLiveFail": Meaning(REFUSED, "screen_filmed"),
    # the clip
    "LivessDetectFail": _again("action_missed"),
    "LivessUnknownError": _again("action_missed"),
    "LivessBestFrameError": _again("face_camera"),
    "SilentDetectFail": _again("not_seen_clearly"),
    "SilentThreshold": _again("not_seen_clearly"),
    "SilentTooShort": _again("clip_too_short"),
    "SilentFaceDetectFail": _again("no_face"),
    "SilentFaceQualityFail": _again("blurred"),
    "SilentFaceWithMaskFail": _again("mask_worn"),
    "SilentMultiFaceFail": _again("two_people"),
    "SilentEyeLiveFail": _again("action_missed"),
    "SilentMouthLiveFail": _again("action_missed"),
    "ActionCloseEye": _again("action_missed"),
    "ActionOpenMouth": _again("action_missed"),
    "ActionFirstAction": _again("action_missed"),
    "ActionFaceClose": _again("face_too_near"),
    "ActionFaceFar": _again("face_too_small"),
    "ActionFaceLeft": _again("face_off_centre"),
    "ActionFaceRight": _again("face_off_centre"),
    "ActionLightDark": _again("too_dark"),
    "ActionLightStrong": _again("too_bright"),
    "ActionNodetectFace": _again("face_camera"),
    "LipFaceIncomplete": _again("face_camera"),
    "LipMoveSmall": _again("action_missed"),
    "LipVideoQuaility": _again("blurred"),
    "LipVideoInvalid": _again("clip_unreadable"),
    "LipSizeError": _again("clip_size_unfit"),
    "LipVoiceDetect": _again("action_missed"),
    "LipVoiceLow": _again("action_missed"),
    "LipVoiceRecognize": _again("action_missed"),
    "VideoDecodeFailed": _again("clip_unreadable"),
    "VideoDurationExceeded": _again("clip_too_long"),
    "CompressVideoError": _again("clip_size_unfit"),
    # the ID photo
    "LifePhotoDetectNoFaces": _again("no_face_in_photo"),
    "LifePhotoDetectFaces": _again("several_faces_in_photo"),
    "LifePhotoPoorQuality": _again("photo_blurred"),
    "LifePhotoSizeError": _again("photo_size_unfit"),
    "IdPhotoPoorQuality": _again("photo_blurred"),
    "CoveredFace": _again("photo_face_covered"),
    "IncompleteFace": _again("photo_face_covered"),
    "PoorImageQuality": _again("photo_blurred"),
    "ImageBlur": _again("photo_blurred"),
    "ImageDecodeFailed": _again("picture_unreadable"),
    "ImageSizeTooLarge": _again("picture_too_large"),
    "EmptyImageError": _again("picture_unreadable"),
    "ImageNoIdCard": _again("card_not_found"),
    "OcrFailed": _again("card_unreadable"),
    # name and number, where the authority's photo is asked for
    "IdFormatError": _again("id_number_invalid"),
    "NameFormatError": _again("name_invalid"),
    "IdNameMisMatch": Meaning(REFUSED, "phone_identity_mismatch"),
    # not the person's doing
    "CompareFail": _LATER,
    "CompareLibServiceUnavailable": _LATER,
    "CompareSystemError": _LATER,
    "DbError": _LATER,
    "DecryptSystemError": _LATER,
    "DetectEngineSystemError": _LATER,
    "DownLoadError": _LATER,
    "DownLoadTimeoutError": _LATER,
    "EncryptSystemError": _LATER,
    "FileSaveError": _LATER,
    "IdNoExistSystem": _LATER,
    "IdPhotoNoExist": _LATER,
    "IdPhotoSystemNoanswer": _LATER,
    "IdentityAuthLimitExceeded": _LATER,
    "InvalidTokenParameter": _LATER,
    "LipNetFailed": _LATER,
    "LivessSystemError": _LATER,
    "RequestLimitExceeded": _LATER,
    "StsUnAuthErrError": _OURS,
    "UnKnown": _LATER,
    "UnregisteredEid": _LATER,
}

# GetEidResult: `Text.ErrCode`.
EID: dict[int, Meaning] = {
    0: Meaning(PASSED, None),
    **dict.fromkeys((1, 2, 3), _OURS),
    **dict.fromkeys((4, 8, 10, 12, 13), _LATER),
    14: _again("eid_over"),
    15: _again("eid_over"),
    16: _again("eid_tries_used_up"),
    17: _again("eid_not_finished"),
    **dict.fromkeys((201, 202, 203, 204), _again("eid_not_finished")),
    **dict.fromkeys((301, 302, 303), _again("card_unreadable")),
    1001: _again("eid_not_finished"),
    1002: Meaning(REFUSED, "not_alive"),
    **dict.fromkeys(range(1003, 1009), _again("not_seen_clearly")),
    **dict.fromkeys(range(2001, 2018), _LATER),
    2006: Meaning(REFUSED, "phone_identity_mismatch"),
    2016: Meaning(REFUSED, "not_same_person"),
}


def of_clip(code: str) -> Meaning:
    """`code` as `Result` or as an API error's code."""
    if code.startswith("UnauthorizedOperation"):
        return _OURS  # arrears, not activated: paid for by nobody
    return CLIP.get(code.removeprefix("FailedOperation."), UNKNOWN)


def of_eid(code: int | None) -> Meaning:
    return UNKNOWN if code is None else EID.get(code, UNKNOWN)


def of_similarity(similarity: float | None) -> Meaning:
    """`Success` must come with a score that bears it out."""
    if similarity is None:
        return UNKNOWN
    if similarity >= PASS_LINE:
        return CLIP["Success"]
    if similarity >= REVIEW_LINE:
        return Meaning(FaceCheckStatus.REVIEW, "not_sure_same_person")
    return CLIP["CompareLowSimilarity"]
