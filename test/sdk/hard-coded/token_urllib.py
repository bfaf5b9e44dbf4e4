import json
from urllib.request import Request, urlopen

body = json.dumps({"appKey": "dingappinternal", "appSecret": "s3cret-internal"}).encode()
url = "https://api.dingtalk.com/v1.0/oauth2/accessToken"
print(urlopen(Request(url, body, {"content-type": "application/json"})).read().decode())
