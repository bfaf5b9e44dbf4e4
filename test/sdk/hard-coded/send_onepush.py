import sys

import onepush

token, secret = sys.argv[1:]
print(onepush.get_notifier("dingtalk").notify(token=token, secret=secret, title="title", content="sent by onepush").text)
