"""Creates and changes a group of the members of a department, and sends to it, with dingtalk-sdk."""

import json
import sys

from dingtalk import AppKeyClient
from dingtalk.core.exceptions import DingTalkClientException
from dingtalk.model.message import TextBody

job = json.loads(sys.argv[1])


class Client(AppKeyClient):
    """A client of huizhi instead of the vendor's host."""

    API_BASE_URL = job["url"]


client = Client(job["corpId"], job["appKey"], job["appSecret"])
members = [user["userid"] for user in client.user.simple_list(100)["userlist"]]
chat_id = client.chat.create("值班群", "user001", [*members, "user003"])
client.chat.update(chat_id, name="值班二群", add_useridlist=["user002"], del_useridlist=["user003"])
try:
    client.chat.get("chat" + "0" * 32)
    refused = None
except DingTalkClientException as error:
    refused = error.errcode
message_id = client.chat.send(chat_id, TextBody("今晚值班"))
print(
    json.dumps(
        {
            "members": members,
            "chatId": chat_id,
            "chat": client.chat.get(chat_id),
            "refused": refused,
            "read": client.chat.get_read_list(message_id).get("readUserIdList", []),
        }
    )
)
