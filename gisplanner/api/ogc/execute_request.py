"""What an execute request asks for: input values in any form the standard knows, and the form of the answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.error import URLError
from urllib.request import DataHandler, Request

from gisplanner.domain.jobs import RESPONSES, ResponseForm
from gisplanner.errors import Fault, UsageError
from gisplanner.text import Text

_MEMBERS: Final = ("inputs", "outputs", "response")
_QUALIFIED: Final = frozenset({"value", "mediaType", "encoding", "schema"})
_LINK: Final = frozenset({"href", "rel", "type", "hreflang", "title"})


@dataclass(frozen=True, slots=True)
class ExecuteRequest:
    """Plain values of the inputs, and whether the result comes as it is or in a document of all outputs."""

    inputs: Mapping[str, Any]
    response: ResponseForm


def execute_request(body: Mapping[str, Any]) -> ExecuteRequest:
    """Return what the body of an execute request asks for.

    Raises
    ------
    UsageError
        A member is unknown or of the wrong form; all of them.
    """
    inputs, response, outputs = body.get("inputs", {}), body.get("response", "raw"), body.get("outputs", {})
    faults = [Fault(column=name, allowed=" ".join(_MEMBERS)) for name in sorted(set(body) - set(_MEMBERS))]
    if response not in RESPONSES:
        faults.append(Fault(column="response", value=str(response)[:80], allowed=" ".join(RESPONSES)))
    faults += _faults_of_outputs(outputs)
    values: dict[str, Any] = {}
    if isinstance(inputs, dict):
        for name, given in inputs.items():
            try:
                values[name] = _value(given)
            except (URLError, ValueError, OSError) as error:
                hint = Text(
                    "服务器不替人去取别处的内容：把值写在请求里，或用 data: 引用 JSON",
                    en="the server fetches nothing from elsewhere: write the value into the request, or as JSON in a "
                    "data: reference",
                )
                faults.append(Fault(column=name, value=str(error)[:80], allowed="data:application/json,…", hint=hint))
    else:
        faults.append(Fault(column="inputs", value=str(inputs)[:80], allowed="{…}"))
    if faults:
        raise UsageError(Text("执行请求有误。", en="The request is not written as it should be."), faults)
    return ExecuteRequest(values, response)


def _faults_of_outputs(outputs: Any) -> list[Fault]:
    if not isinstance(outputs, dict) or set(outputs) - {"result"}:
        return [Fault(column="outputs", value=str(outputs)[:80], allowed="result")]
    asked = outputs.get("result", {})
    if not isinstance(asked, dict) or asked.get("transmissionMode", "value") != "value":
        return [Fault(column="outputs.result", value=str(asked)[:80], allowed='{"transmissionMode": "value"}')]
    return []


def _value(given: Any) -> Any:
    if isinstance(given, list):
        return [_value(one) for one in given]
    if not isinstance(given, dict):
        return given
    if "value" in given and set(given) <= _QUALIFIED:
        return given["value"]
    if "href" in given and set(given) <= _LINK:
        return _referred(str(given["href"]))
    return given


def _referred(href: str) -> Any:
    # The server asks no other server for what a stranger names: a reference must hold its value itself.
    if not href.lower().startswith("data:"):
        raise ValueError(href)
    with DataHandler().data_open(Request(href)) as opened:  # noqa: S310 - the scheme is data
        return json.loads(opened.read())
