/** The texts of the page of DINGs. */
export const dingsEn = {
  hint: 'One row for each receiver of a DING. SMS and calls are only listed here; nothing leaves huizhi.',
  channel: 'Channel',
  channels: { app: 'In the app', sms: 'SMS', phone: 'Phone' },
  states: { unread: 'Unread', read: 'Read', recalled: 'Recalled' },
  content: 'Text',
  gone: 'Deleted by the recall',
  nothing: 'No DINGs.',
  quotas: 'Quotas',
  unlimited: 'any number',
  used: (count: string) => `Sent so far: ${count}. The quota counts in total; leave it empty for any number.`,
  voices: {
    Standard_Female_Voice: 'Female voice',
    Cantonese_Female_Voice: 'Female voice, Cantonese',
    Gentine_Female_Voice: 'Female voice, gentle',
    Overbearing_Female_Voice: 'Female voice, commanding',
    Lovely_Girl_Voice: 'Girl’s voice',
    Standard_Male_Voice: 'Male voice',
  } as Readonly<Record<string, string>>,
};

export const dingsZh: typeof dingsEn = {
  hint: '每个收件人一行。短信和电话只在这里列出，不会真正发出。',
  channel: '方式',
  channels: { app: '应用内', sms: '短信', phone: '电话' },
  states: { unread: '未读', read: '已读', recalled: '已撤回' },
  content: '内容',
  gone: '内容已随撤回删除',
  nothing: '没有 DING。',
  quotas: '配额',
  unlimited: '不限',
  used: (count) => `已发送 ${count} 条。配额为总数，留空表示不限。`,
  voices: {
    Standard_Female_Voice: '标准女声',
    Cantonese_Female_Voice: '粤语女声',
    Gentine_Female_Voice: '温柔女声',
    Overbearing_Female_Voice: '霸气女声',
    Lovely_Girl_Voice: '可爱童声',
    Standard_Male_Voice: '标准男声',
  },
};
