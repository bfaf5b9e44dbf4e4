// The axios of this package, 0.19, sends a request with an https URL to the proxy instead of CONNECT.
import ChatBot from 'dingtalk-robot-sender';

const [accessToken, secret] = process.argv.slice(2);
const bot = new ChatBot({ baseUrl: 'https://oapi.dingtalk.com/robot/send', accessToken, secret });
const { data } = await bot.text('sent by dingtalk-robot-sender');
process.stdout.write(JSON.stringify(data));
