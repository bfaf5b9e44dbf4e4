import requests

body = {"appKey": "dingappinternal", "appSecret": "s3cret-internal"}
print(requests.post("https://api.dingtalk.com/v1.0/oauth2/accessToken", json=body).text)
