"""The calls of the story, by the names that expectations.json gives them."""

import asyncio
import re
from collections.abc import Callable
from importlib import import_module
from typing import Any, Literal

from alibabacloud_dingtalk.oauth2_1_0 import models as oauth
from alibabacloud_dingtalk.oauth2_1_0.client import Client as OAuth
from alibabacloud_dingtalk.robot_1_0 import models as robot
from alibabacloud_dingtalk.robot_1_0.client import Client as Robot
from alibabacloud_tea_openapi.models import Config, OpenApiRequest, Params
from alibabacloud_tea_util.models import RuntimeOptions
from Tea.exceptions import TeaException, UnretryableException

Mode = Literal["sync", "async"]
Fields = dict[str, Any]


class Sdk:
    """The SDK pointed at a huizhi, through its plain methods or through their twins that end in _async."""

    def __init__(self, endpoint: str, mode: Mode) -> None:
        config = Config(protocol="http", endpoint=endpoint)
        self._oauth, self._robot, self._mode = OAuth(config), Robot(config), mode
        self._config = config

    def call(self, name: str, token: str | None, fields: Fields) -> Fields:
        """Answers the response body under its wire names; raises TeaException."""
        return getattr(self, name)(token, fields)

    def accessToken(self, _token: str | None, fields: Fields) -> Fields:
        request = oauth.GetAccessTokenRequest(app_key=fields.get("appKey"), app_secret=fields.get("appSecret"))
        return self._run(self._oauth, "get_access_token", request)

    def corpAccessToken(self, _token: str | None, fields: Fields) -> Fields:
        request = oauth.GetCorpAccessTokenRequest(
            suite_key=fields.get("suiteKey"),
            suite_secret=fields.get("suiteSecret"),
            auth_corp_id=fields.get("authCorpId"),
            suite_ticket=fields.get("suiteTicket"),
        )
        return self._run(self._oauth, "get_corp_access_token", request)

    def corpToken(self, _token: str | None, fields: Fields) -> Fields:
        request = oauth.GetTokenRequest(
            client_id=fields.get("client_id"),
            client_secret=fields.get("client_secret"),
            grant_type=fields.get("grant_type"),
        )
        return self._run(self._oauth, "get_token", fields["corpId"], request)

    def batchSend(self, token: str | None, fields: Fields) -> Fields:
        request = robot.BatchSendOTORequest(
            robot_code=fields.get("robotCode"),
            user_ids=fields.get("userIds"),
            msg_key=fields.get("msgKey"),
            msg_param=fields.get("msgParam"),
        )
        headers = robot.BatchSendOTOHeaders(x_acs_dingtalk_access_token=token)
        return self._run(self._robot, "batch_send_otowith_options", request, headers, RuntimeOptions())

    def readStatus(self, token: str | None, fields: Fields) -> Fields:
        request = robot.BatchOTOQueryRequest(
            robot_code=fields.get("robotCode"),
            process_query_key=fields.get("processQueryKey"),
        )
        headers = robot.BatchOTOQueryHeaders(x_acs_dingtalk_access_token=token)
        return self._run(self._robot, "batch_otoquery_with_options", request, headers, RuntimeOptions())

    def batchRecall(self, token: str | None, fields: Fields) -> Fields:
        request = robot.BatchRecallOTORequest(
            robot_code=fields.get("robotCode"),
            process_query_keys=fields.get("processQueryKeys"),
        )
        headers = robot.BatchRecallOTOHeaders(x_acs_dingtalk_access_token=token)
        return self._run(self._robot, "batch_recall_otowith_options", request, headers, RuntimeOptions())

    def dingSend(self, token: str | None, fields: Fields) -> Fields:
        request = robot.RobotSendDingRequest(
            robot_code=fields.get("robotCode"),
            remind_type=fields.get("remindType"),
            receiver_user_id_list=fields.get("receiverUserIdList"),
            content=fields.get("content"),
        )
        headers = robot.RobotSendDingHeaders(x_acs_dingtalk_access_token=token)
        return self._run(self._robot, "robot_send_ding_with_options", request, headers, RuntimeOptions())

    def dingRecall(self, token: str | None, fields: Fields) -> Fields:
        request = robot.RobotRecallDingRequest(
            robot_code=fields.get("robotCode"),
            open_ding_id=fields.get("openDingId"),
        )
        headers = robot.RobotRecallDingHeaders(x_acs_dingtalk_access_token=token)
        return self._run(self._robot, "robot_recall_ding_with_options", request, headers, RuntimeOptions())

    def pluginsSet(self, token: str | None, fields: Fields) -> Fields:
        request = robot.SetRobotPluginRequest(
            robot_code=fields.get("robotCode"),
            plugin_info_list=[
                robot.SetRobotPluginRequestPluginInfoList(
                    icon=plugin.get("icon"),
                    name=plugin.get("name"),
                    mobile_url=plugin.get("mobileUrl"),
                    pc_url=plugin.get("pcUrl"),
                )
                for plugin in fields["pluginInfoList"]
            ],
        )
        headers = robot.SetRobotPluginHeaders(x_acs_dingtalk_access_token=token)
        return self._run(self._robot, "set_robot_plugin_with_options", request, headers, RuntimeOptions())

    def pluginsQuery(self, token: str | None, fields: Fields) -> Fields:
        request = robot.QueryRobotPluginRequest(
            robot_code=fields.get("robotCode"),
        )
        headers = robot.QueryRobotPluginHeaders(x_acs_dingtalk_access_token=token)
        return self._run(self._robot, "query_robot_plugin_with_options", request, headers, RuntimeOptions())

    def pluginsClear(self, token: str | None, fields: Fields) -> Fields:
        request = robot.ClearRobotPluginRequest(
            robot_code=fields.get("robotCode"),
        )
        headers = robot.ClearRobotPluginHeaders(x_acs_dingtalk_access_token=token)
        return self._run(self._robot, "clear_robot_plugin_with_options", request, headers, RuntimeOptions())

    def statusManage(self, token: str | None, fields: Fields) -> Fields:
        request = robot.ManageSingleChatRobotStatusRequest(
            robot_code=fields.get("robotCode"),
            status=fields.get("status"),
        )
        headers = robot.ManageSingleChatRobotStatusHeaders(x_acs_dingtalk_access_token=token)
        return self._run(self._robot, "manage_single_chat_robot_status_with_options", request, headers, RuntimeOptions())

    def robotInfo(self, token: str | None, fields: Fields) -> Fields:
        request = robot.UpdateInstalledRobotRequest(
            robot_code=fields.get("robotCode"),
            update_type=fields.get("updateType"),
            name=fields.get("name"),
            brief=fields.get("brief"),
        )
        headers = robot.UpdateInstalledRobotHeaders(x_acs_dingtalk_access_token=token)
        return self._run(self._robot, "update_installed_robot_with_options", request, headers, RuntimeOptions())

    def unknownPath(self, token: str | None, _fields: Fields) -> Fields:
        params = Params(
            action="Nowhere",
            version="robot_1.0",
            protocol="HTTP",
            pathname="/v1.0/robot/nowhere",
            method="GET",
            auth_type="AK",
            style="ROA",
            req_body_type="none",
            body_type="json",
        )
        request = OpenApiRequest(headers={"x-acs-dingtalk-access-token": token})
        return self._run(self._robot, "execute", params, request, RuntimeOptions())

    def operate(self, operation: str, token: str | None, path: list[str], fields: Fields) -> Fields:
        """Calls an operation by the SDK's name for it, such as robot_1_0.OrgGroupSend; returns and raises as call."""
        module, name = operation.split(".")
        models = import_module(f"alibabacloud_dingtalk.{module}.models")
        client = import_module(f"alibabacloud_dingtalk.{module}.client").Client(self._config)
        request = [getattr(models, f"{name}Request")().from_map(fields)] if hasattr(models, f"{name}Request") else []
        headers = getattr(models, f"{name}Headers")(x_acs_dingtalk_access_token=token)
        return self._run(client, _method_of(client, name), *path, *request, headers, RuntimeOptions())

    def _run(self, client: Any, method: str, *arguments: object) -> Fields:
        if self._mode == "sync":
            return _body(getattr(client, method)(*arguments))
        call: Callable[..., Any] = getattr(client, f"{method}_async")
        return _body(asyncio.run(call(*arguments)))


def _method_of(client: object, name: str) -> str:
    wanted = f"{name}withoptions".lower()
    return next(method for method in dir(client) if method.replace("_", "") == wanted)


def _body(answer: Any) -> Fields:
    return answer["body"] if isinstance(answer, dict) else answer.body.to_map()


def failure(error: TeaException) -> Fields:
    """What the typed exception tells; fails when its parts contradict one another."""
    told = re.fullmatch(r"code: (\d+), (.*) request id: (\S+)", error.message)
    assert told, error.message
    assert error.statusCode == int(told[1])
    assert error.data["requestid"] == told[3]
    # Newer versions wrap the exception in one of the same class that leaves the detail behind.
    origin = error.inner_exception if isinstance(error, UnretryableException) else error
    return {
        "status": error.statusCode,
        "code": error.code,
        "message": told[2],
        "requestId": told[3],
        "accessDeniedDetail": origin.accessDeniedDetail,
    }
