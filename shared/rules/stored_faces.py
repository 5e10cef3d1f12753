"""From 100,000 people on, storing faces must be filed with the authority (人脸识别技术应用安全管理办法, art. 15)."""

FILING_LIMIT = 100_000
WARN_AT_PERCENT = (70, 90)


def reached(stored: int) -> list[int]:
    """The thresholds, in percent of the limit, that `stored` people reach."""
    return [percent for percent in WARN_AT_PERCENT if stored * 100 >= FILING_LIMIT * percent]
