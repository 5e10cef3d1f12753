"""The shape of a TRTC callback; new fields may come at any time, so unknown ones are let through."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from shared.http.fields import Answer


class RoomCallback(BaseModel):
    model_config = ConfigDict(extra="allow")

    group: Annotated[int, Field(alias="EventGroupId")]
    type: Annotated[int, Field(alias="EventType")]
    sent_ms: Annotated[int, Field(alias="CallbackTs")]
    info: Annotated[dict[str, Any], Field(alias="EventInfo")]


class Accepted(Answer):
    code: int
