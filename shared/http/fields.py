"""Field types that several functions' requests share, with their own reasons."""

import re
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from shared.reasons import REASONS
from shared.rules import id_number


class Body(BaseModel):
    """A request body: nothing that the specification does not name."""

    # A model is built at its first use: a function starts with a hundred and answers with two.
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, defer_build=True)


class Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True, defer_build=True)

    @classmethod
    def of(cls, found: object) -> dict[str, Any]:
        """The JSON of a row, or of a dict that may hold rows: what the schema names, nothing else."""
        return cls.model_validate(found).model_dump(mode="json")


class IdempotencyHeader(Body):
    model_config = {"extra": "ignore"}

    idempotency_key: Annotated[str | None, StringConstraints(max_length=64)] = Field(
        None, alias="Idempotency-Key"
    )


def _check_id_number(value: str) -> str:
    number = id_number.normalise(value)
    if not id_number.is_valid(number):
        raise PydanticCustomError("id_number_invalid", REASONS["id_number_invalid"])
    return number


def _check_number(value: str) -> str:
    if not MOBILE.fullmatch(value):
        raise PydanticCustomError("number_invalid", REASONS["number_invalid"])
    return value


def _check_name(value: Any) -> Any:
    if isinstance(value, str) and not plausible_name(value.strip()):
        raise PydanticCustomError("name_invalid", REASONS["name_invalid"])
    return value


def plausible_name(name: str) -> bool:
    """Letters of any script and the middle dot of long names; no digits, no control characters."""
    return 2 <= len(name) <= 50 and all(one.isalpha() or one in "·• " for one in name)


MOBILE = re.compile(r"1[3-9][0-9]{9}")
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]{26}$")]
Name = Annotated[str, BeforeValidator(_check_name)]
MobileNumber = Annotated[str, AfterValidator(_check_number)]
IdNumber = Annotated[str, AfterValidator(_check_id_number)]
ReasonText = Annotated[str, StringConstraints(min_length=2, max_length=200)]
COS_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9/_.-]{0,200}")
CosKeyText = Annotated[str, StringConstraints(pattern=rf"^{COS_KEY.pattern}$")]
