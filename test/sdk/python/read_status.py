"""Sends to two people and prints who has read; with a processQueryKey as its argument it only prints."""

# [how-to]
import os
import sys

from alibabacloud_dingtalk.oauth2_1_0.client import Client as OAuth
from alibabacloud_dingtalk.oauth2_1_0.models import GetAccessTokenRequest
from alibabacloud_dingtalk.robot_1_0 import models as robot
from alibabacloud_dingtalk.robot_1_0.client import Client as Robot
from alibabacloud_tea_openapi.models import Config
from alibabacloud_tea_util.models import RuntimeOptions
from Tea.exceptions import TeaException

# Without these two the SDK calls https://api.dingtalk.com. Nothing else changes.
config = Config(protocol="http", endpoint=os.environ.get("HUIZHI", "127.0.0.1:8720"))

ROBOT_CODE = "dingzxcifuvdfbvegdf"


def access_token() -> str:
    request = GetAccessTokenRequest(app_key="dingappinternal", app_secret="s3cret-internal")
    return OAuth(config).get_access_token(request).body.access_token


def send(token: str) -> str:
    headers = robot.BatchSendOTOHeaders(x_acs_dingtalk_access_token=token)
    request = robot.BatchSendOTORequest(
        robot_code=ROBOT_CODE,
        user_ids=["user001", "user002"],
        msg_key="sampleText",
        msg_param='{"content": "hello"}',
    )
    return Robot(config).batch_send_otowith_options(request, headers, RuntimeOptions()).body.process_query_key


def print_read_status(token: str, process_query_key: str) -> None:
    headers = robot.BatchOTOQueryHeaders(x_acs_dingtalk_access_token=token)
    request = robot.BatchOTOQueryRequest(robot_code=ROBOT_CODE, process_query_key=process_query_key)
    try:
        answer = Robot(config).batch_otoquery_with_options(request, headers, RuntimeOptions())
    except TeaException as error:
        print(error.code)
        return
    for person in answer.body.message_read_info_list:
        print(person.user_id, person.read_status)


def main(process_query_key: str | None = None) -> None:
    token = access_token()
    if process_query_key is None:
        print("processQueryKey", process_query_key := send(token))
    print_read_status(token, process_query_key)


if __name__ == "__main__":
    main(*sys.argv[1:])
# [/how-to]
