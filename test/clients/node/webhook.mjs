/** Posts one message of each kind with dingtalk-robot-sender. */
import ChatBot from 'dingtalk-robot-sender';

const { url, token, secret } = JSON.parse(process.argv[2]);
const robot = new ChatBot({ baseUrl: `${url}/robot/send`, accessToken: token, secret });
const answers = [
  await robot.text('磁盘空间不足', { atMobiles: ['13800000002'], isAtAll: false }),
  await robot.markdown('发布', '### 已发布\n版本 1.2.3'),
  await robot.link({ title: '报告', text: '今天的报告', messageUrl: 'https://example.com/report', picUrl: '' }),
  await robot.actionCard({
    title: '审批',
    text: '新的申请',
    btns: [
      { title: '同意', actionURL: 'https://example.com/yes' },
      { title: '拒绝', actionURL: 'https://example.com/no' },
    ],
  }),
  await robot.feedCard([
    { title: '新闻', messageURL: 'https://example.com/news', picURL: 'https://example.com/a.png' },
  ]),
];
const unsigned = await new ChatBot({ webhook: `${url}/robot/send?access_token=${token}` }).text('没有签名');
process.stdout.write(JSON.stringify({ answers: answers.map(({ data }) => data), unsigned: unsigned.data }));
