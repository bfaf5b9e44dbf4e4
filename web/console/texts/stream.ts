/** The texts about Stream connections. */
export const streamEn = {
  title: 'Stream connections',
  nothing: 'No client is connected in Stream mode.',
  unknown: 'Unknown client',
  events: 'Events',
};

export const streamZh: typeof streamEn = {
  title: 'Stream 连接',
  nothing: '没有客户端以 Stream 模式连接。',
  unknown: '未知客户端',
  events: '事件',
};
