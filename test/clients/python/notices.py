"""Sends work notices with dingapi, and queries who has got them."""

import json
import sys
import time

from dingapi.client import DingApi
from dingapi.exception import DingRequestError


class Client(DingApi):
    """A client of huizhi instead of the vendor's host."""

    def request(self, method, endpoint, **kwargs):
        self.host = job["url"]
        return super().request(method, endpoint, **kwargs)


job = json.loads(sys.argv[1])
client = Client(job["appKey"], job["appSecret"], job["agentId"])
user_id = client.user.get_by_mobile("13800000002")["userid"]
media_id = client.media.upload("image", job["picture"])["media_id"]
tasks = [
    client.message.asyncsend_v2({"msgtype": "text", "text": {"content": "请提交周报"}}, userid_list=[user_id, "nobody"]),
    client.message.asyncsend_v2({"msgtype": "image", "image": {"media_id": media_id}}, dept_id_list=["100"]),
]
ids = [task["task_id"] for task in tasks]
while any(client.message.getsendprogres(task)["progress"]["status"] != 2 for task in ids):
    time.sleep(0.05)
results = [client.message.getsendresult(task)["send_result"] for task in ids]
try:
    client.message.asyncsend_v2({"msgtype": "fax"}, userid_list=[user_id])
    refused = None
except DingRequestError as error:
    refused = error.errcode
print(json.dumps({"userId": user_id, "mediaId": media_id, "ids": ids, "results": results, "refused": refused}))
