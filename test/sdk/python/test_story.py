"""Every case of the story for this SDK, through the plain and through the asyncio methods of the SDK."""

import contextlib
import os

import pytest
from sdk import Fields, Mode
from story import TABLE, Story, is_for

CASES = [case for case in TABLE["cases"] if is_for(case, os.environ["SDK"])]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
@pytest.mark.parametrize("mode", ["sync", "async"])
def test_story(case: Fields, mode: Mode) -> None:
    story = Story(os.environ["HUIZHI"], mode)
    with pytest.raises(AssertionError) if case.get("mustFail") else contextlib.nullcontext():
        story.play(case)
