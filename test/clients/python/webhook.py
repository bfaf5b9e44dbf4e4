"""Posts one message of each kind with DingtalkChatbot."""

import json
import sys

from dingtalkchatbot.chatbot import CardItem, DingtalkChatbot, FeedLink

job = json.loads(sys.argv[1])
robot = DingtalkChatbot(f"{job['url']}/robot/send?access_token={job['token']}", secret=job["secret"])
card = "https://example.com/news"
answers = [
    robot.send_text(msg="服务恢复", at_mobiles=["13800000001"]),
    robot.send_markdown(title="周报", text="#### 周报\n> 一切正常", is_at_all=True),
    robot.send_link(title="文档", text="新的文档", message_url="https://example.com/doc"),
    robot.send_feed_card([FeedLink(title="新闻", message_url=card, pic_url="https://example.com/a.png")]),
]
print(json.dumps(answers))
