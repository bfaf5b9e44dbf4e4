"""Plays the cases of expectations.json."""

import contextlib
import io
import json
import re
import urllib.request
from pathlib import Path
from typing import Any

import read_status
from sdk import Fields, Mode, Sdk, failure
from Tea.exceptions import TeaException

TABLE = json.loads((Path(__file__).parent.parent / "expectations.json").read_text("utf-8"))


def is_for(case: Fields, sdk: str) -> bool:
    """Whether a case runs with an SDK, such as Python 2.2.65."""
    return "only" not in case or any(sdk == each or sdk.startswith(f"{each} ") for each in case["only"])


class Story:
    """One case: its steps in order, and the values that they save for later ones."""

    def __init__(self, endpoint: str, mode: Mode) -> None:
        self._endpoint, self._sdk = endpoint, Sdk(endpoint, mode)
        self._values: Fields = dict(TABLE["values"])

    def play(self, case: Fields) -> None:
        for step in [*TABLE["before"], *case["steps"]]:
            self._play(TABLE["fragments"][step] if isinstance(step, str) else step)

    def _play(self, step: Fields) -> None:
        for left in reversed(range(step.get("repeat", 1))):
            try:
                return self._try(step)
            except AssertionError:
                if left == 0:
                    raise

    def _try(self, step: Fields) -> None:
        outcome = self._outcome(step)
        if "fails" in step:
            expected = {"fails": {**step["fails"], **TABLE["everyFailure"]}}
        else:
            expected = {"answers": step.get("answers", {})}
        expect(outcome, self._fill(expected))
        for name, path in step.get("save", {}).items():
            self._values[name] = reach(outcome["answers"], path)

    def _outcome(self, step: Fields) -> Fields:
        fields = self._fill(step.get("with", {}))
        if "http" in step:
            return {"answers": self._http(step, fields, self._fill(step.get("bearer")))}
        if "sample" in step:
            return {"answers": {"printed": printed(*self._fill(step["sample"]))}}
        token, path = self._fill(step.get("token")), self._fill(step.get("path", []))
        try:
            if "operation" in step:
                return {"answers": self._sdk.operate(step["operation"], token, path, fields)}
            return {"answers": self._sdk.call(step["call"], token, fields)}
        except TeaException as error:
            return {"fails": failure(error)}

    def _http(self, step: Fields, fields: Fields, bearer: str | None) -> Fields:
        method, path = self._fill(step["http"]).split(" ")
        content_type = "multipart/form-data; boundary=part" if "form" in step else "application/json"
        request = urllib.request.Request(f"http://{self._endpoint}{path}", method=method)
        if bearer is not None:
            request.add_header("authorization", f"Bearer {bearer}")
        if method != "GET":
            request.add_header("content-type", content_type)
            request.data = step.get("form", json.dumps(fields)).encode()
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b"{}")

    def _fill(self, value: Any) -> Any:
        """Puts saved values in the place of their $names."""
        if isinstance(value, str) and value.startswith("$") and value[1:] in self._values:
            return self._values[value[1:]]
        if isinstance(value, str):
            return re.sub(r"\$\{(\w+)\}", lambda found: str(self._values.get(found[1], found[0])), value)
        if isinstance(value, list):
            return [self._fill(each) for each in value]
        if isinstance(value, dict):
            return {self._fill(key): self._fill(each) for key, each in value.items()}
        return value


def printed(*arguments: str) -> str:
    """What the program of the how-to page prints."""
    with contextlib.redirect_stdout(io.StringIO()) as output:
        read_status.main(*arguments)
    return output.getvalue()


def reach(value: Any, path: str) -> Any:
    for step in path.split("."):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def expect(actual: Any, expected: Any, path: str = "") -> None:
    """Asserts that a value is as the table says."""
    place = f"{path or 'outcome'}: {actual!r}"
    if isinstance(expected, dict) and "$matches" in expected:
        assert isinstance(actual, str) and re.search(expected["$matches"], actual), place
    elif isinstance(expected, dict):
        assert isinstance(actual, dict), place
        for key, each in expected.items():
            expect(actual.get(key), each, f"{path}.{key}")
    elif isinstance(expected, list):
        assert isinstance(actual, list) and len(actual) == len(expected), place
        for index, each in enumerate(expected):
            expect(actual[index], each, f"{path}[{index}]")
    else:
        assert actual == expected, f"{place} is not {expected!r}"
