"""Every case of the story, through the plain and through the asyncio methods of the SDK."""

import contextlib
import os

import pytest
from sdk import Fields, Mode
from story import TABLE, Story


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["id"])
@pytest.mark.parametrize("mode", ["sync", "async"])
def test_story(case: Fields, mode: Mode) -> None:
    story = Story(os.environ["HUIZHI"], mode)
    with pytest.raises(AssertionError) if case.get("mustFail") else contextlib.nullcontext():
        story.play(case)
