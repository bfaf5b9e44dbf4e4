/** Looks up people, uploads a picture and sends a work notice with node-dingtalk, the SDK of Alibaba's Node team. */
import DingTalk from 'node-dingtalk';

const { url, corpId, appSecret, picture } = JSON.parse(process.argv[2]);
const dingtalk = new DingTalk({ corpid: corpId, corpsecret: appSecret, host: url });
const { userid } = await dingtalk.user.getByMobile('13800000002');
const { name, department } = await dingtalk.user.get(userid);
const { department: departments } = await dingtalk.department.list({ fetch_child: true });
const { userlist: members } = await dingtalk.user.listAll('100', true);
const { media_id: mediaId } = await dingtalk.media.upload('image', picture);
const notice = {
  agent_id: 3_000_000_001,
  userid_list: userid,
  msg: { msgtype: 'image', image: { media_id: mediaId } },
};
const { task_id: taskId } = await dingtalk.client.post('topapi/message/corpconversation/asyncsend_v2', notice);
const unknown = await dingtalk.user.getByMobile('13800009999').catch(({ code }) => code);
process.stdout.write(
  JSON.stringify({
    userid,
    name,
    department,
    departments: departments.map(({ id }) => id),
    members: members.map((user) => user.userid),
    mediaId,
    taskId,
    unknown,
  }),
);
