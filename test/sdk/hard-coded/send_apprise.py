import sys

import apprise

token, secret = sys.argv[1:]
sender = apprise.Apprise()
assert sender.add(f"dingtalk://{secret}@{token}/")
print(sender.notify(body="sent by apprise"))
