"""Whether two answers say the same: all but what varies, and the last digits of scores."""

import pytest

VARYING = {"index_version", "timings_ms"}
LAST_DIGITS = 0.01  # by which scores differ between processors, and with what was encoded together


def agrees(expected: object, given: object) -> bool:
    """Whether `given`, JSON that was read, is `expected`, but for what varies and last digits."""
    if isinstance(expected, dict) and isinstance(given, dict):
        return expected.keys() == given.keys() and all(
            key in VARYING or agrees(expected[key], given[key]) for key in expected
        )
    if isinstance(expected, list) and isinstance(given, list):
        return len(expected) == len(given) and all(map(agrees, expected, given))
    if isinstance(expected, float):
        return bool(given == pytest.approx(expected, abs=LAST_DIGITS))
    return expected == given
