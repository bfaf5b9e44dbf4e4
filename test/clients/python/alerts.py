"""Routes alerts by tag to the custom robots of two groups with Apprise."""

import json
import sys

import apprise
from apprise.plugins.dingtalk import NotifyDingTalk

job = json.loads(sys.argv[1])


class Robot(NotifyDingTalk):
    """A custom robot of huizhi instead of the vendor's host."""

    notify_url = job["url"] + "/robot/send?access_token={token}"


def create_robot(token, *tags, **options):
    """Creates a robot that gets the alerts with these tags."""
    robot = Robot(token=token, **options)
    robot.tags = set(tags)
    return robot


router = apprise.Apprise()
router.add(create_robot(job["database"], "database", "all", targets=["13800000002"]))
router.add(create_robot(job["network"], "network", "all"))
router.add(create_robot(job["signed"], "signed", secret=job["secret"]))
results = [
    router.notify(title="报警", body="**主库**不可用", body_format=apprise.NotifyFormat.MARKDOWN, tag="database"),
    router.notify(title="报警解除", body="恢复正常", tag="network"),
    router.notify(title="报警", body="签名", tag="signed"),
    router.notify(body="报警", tag="unknown"),
]
print(json.dumps([bool(result) for result in results]))
