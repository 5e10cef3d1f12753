"""The texts a relative consents to: one version in force per purpose."""

from shared.models.people import ConsentPurpose

VERSIONS = dict.fromkeys(ConsentPurpose, "2026-11")
NAMES = {
    ConsentPurpose.IDENTITY: "身份信息核验",
    ConsentPurpose.FACE: "人脸信息核验",
    ConsentPurpose.PHONE: "手机号实名核验",
    ConsentPurpose.RECORDING: "会见录音录像",
}
