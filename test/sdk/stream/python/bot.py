"""A bot with the official SDK. Prints what it gets as lines of JSON."""

import json
import os

import dingtalk_stream
from dingtalk_stream import AckMessage, ChatbotMessage


def report(frame, event_type=None):
    line = {'type': frame.type, 'topic': frame.headers.topic, 'eventType': event_type, 'data': frame.data}
    print(json.dumps(line), flush=True)


class Echo(dingtalk_stream.ChatbotHandler):
    async def process(self, callback):
        report(callback)
        message = ChatbotMessage.from_dict(callback.data)
        text = message.text.content.strip() if message.message_type == 'text' else message.message_type
        self.reply_text(f'echo: {text}', message)
        return AckMessage.STATUS_OK, 'OK'


class Cards(dingtalk_stream.CallbackHandler):
    async def process(self, callback):
        report(callback)
        return AckMessage.STATUS_OK, {'cardData': {'cardParamMap': {'answer': 'clicked'}}}


class Events(dingtalk_stream.EventHandler):
    async def process(self, event):
        report(event, event.headers.event_type)
        later = event.data.get('userId') == 'bob'
        return AckMessage.STATUS_SYSTEM_EXCEPTION if later else AckMessage.STATUS_OK, 'OK'


credential = dingtalk_stream.Credential(os.environ['CLIENT_ID'], os.environ['CLIENT_SECRET'])
client = dingtalk_stream.DingTalkStreamClient(credential)
client.register_callback_handler(ChatbotMessage.TOPIC, Echo())
client.register_callback_handler(dingtalk_stream.CallbackHandler.TOPIC_CARD_CALLBACK, Cards())
client.register_all_event_handler(Events())
client.start_forever()
