"""A client of Stream mode with the official SDK. Prints each push as a line of JSON and acknowledges it."""

import json
import os

# The SDK reads it when it is imported.
os.environ['DINGTALK_OPENAPI_ENDPOINT'] = os.environ['HUIZHI']

import dingtalk_stream  # noqa: E402
from dingtalk_stream import AckMessage  # noqa: E402


def report(kind, message):
    print(json.dumps({'type': kind, 'data': message.data}), flush=True)


class Robot(dingtalk_stream.ChatbotHandler):
    async def process(self, callback):
        report('CALLBACK', callback)
        return AckMessage.STATUS_OK, 'OK'


class Events(dingtalk_stream.EventHandler):
    async def process(self, event):
        report('EVENT', event)
        later = event.headers.event_type == 'later'
        return AckMessage.STATUS_SYSTEM_EXCEPTION if later else AckMessage.STATUS_OK, 'OK'


credential = dingtalk_stream.Credential(os.environ['CLIENT_ID'], os.environ['CLIENT_SECRET'])
client = dingtalk_stream.DingTalkStreamClient(credential)
client.register_callback_handler(dingtalk_stream.chatbot.ChatbotMessage.TOPIC, Robot())
client.register_all_event_handler(Events())
client.start_forever()
