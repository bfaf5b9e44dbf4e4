"""A bot with AliceBot: answers a message of a group through the address that the message names."""

import asyncio
import base64
import hashlib
import hmac
import json
import sys
import time

import aiohttp
from alicebot import Bot, Plugin
from alicebot.adapter.dingtalk import DingTalkAdapter

job = json.loads(sys.argv[1])
bot = Bot(config_file=None, config_dict={"adapter": {"dingtalk": {"port": job["port"], "app_secret": job["appSecret"]}}})
answers = []


class Echo(Plugin):
    """Repeats what it is told."""

    async def handle(self) -> None:
        message = {"msgtype": "text", "text": {"content": f"收到：{self.event.text.content}"}}
        # The adapter's own reply() fails: its message class is abstract in this version of AliceBot.
        async with self.event.adapter.session.post(self.event.sessionWebhook, json=message) as response:
            answers.append(await response.json())
        bot.exit()

    async def rule(self) -> bool:
        return True


async def deliver() -> None:
    """Delivers a message to the bot, signed as the vendor signs it."""
    timestamp = str(round(time.time() * 1000))
    secret = job["appSecret"]
    digest = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    headers = {"timestamp": timestamp, "sign": base64.b64encode(digest).decode()}
    async with aiohttp.ClientSession() as session:
        while True:
            try:
                await session.post(f"http://127.0.0.1:{job['port']}/dingtalk", json=job["incoming"], headers=headers)
                return
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(0.02)  # The bot does not listen yet.


bot.load_adapters(DingTalkAdapter)
bot.load_plugins(Echo)


@bot.adapter_run_hook
async def start(_: object) -> None:
    job["delivery"] = asyncio.ensure_future(deliver())


bot.run()
print(json.dumps(answers))
