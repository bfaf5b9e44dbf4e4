import { runPushAllInOne } from 'push-all-in-one';

const [token, secret] = process.argv.slice(2);
const { data } = await runPushAllInOne('title', 'sent by push-all-in-one', {
  type: 'Dingtalk',
  config: { DINGTALK_ACCESS_TOKEN: token, DINGTALK_SECRET: secret },
  option: { msgtype: 'text' },
});
process.stdout.write(JSON.stringify(data));
