/** The texts about Stream connections. */
export const streamEn = {
  title: 'Stream connections',
  nothing: 'No client is connected in Stream mode.',
  unknown: 'Unknown client',
  events: 'Events',
  chosen: 'Events in Stream mode',
  chosenText: 'What the app gets about the messages of its robots, from now on.',
  types: { robot_msg_read: 'Reads (robot_msg_read)', robot_msg_recall: 'Recalls (robot_msg_recall)' },
  counts: (waiting: number, failed: number) => `${waiting} to be sent again, ${failed} failed`,
};

export const streamZh: typeof streamEn = {
  title: 'Stream 连接',
  nothing: '没有客户端以 Stream 模式连接。',
  unknown: '未知客户端',
  events: '事件',
  chosen: 'Stream 事件',
  chosenText: '应用此后收到的、与其机器人消息有关的事件。',
  types: { robot_msg_read: '已读（robot_msg_read）', robot_msg_recall: '撤回（robot_msg_recall）' },
  counts: (waiting, failed) => `待重新推送 ${waiting} 个，失败 ${failed} 个`,
};
