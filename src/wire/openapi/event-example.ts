/** An event in the examples of the document. */
export const exampleEvent = {
  type: 'receipt.read',
  timestamp: '2026-05-11T06:40:05.000Z',
  number: 17,
  data: {
    corpId: 'dingcorp0001',
    messageId: '3f1b0c5d9e7a42688c0d1e2f3a4b5c6d',
    processQueryKey: 'q7Yc2vQ/0kW9u2Zl5mN8xR1tY4bV6cX3pL+sD7fG9hI=',
    robotCode: 'dingzxcifuvdfbvegdf',
    openConversationId: null,
    sentAt: 1778481600000,
    userId: '201382020',
    name: '曲大岳',
    readAt: 1778481605000,
    manner: 'seen',
  },
};

/** A delivery of this event, as the console's calls contain it. */
export const exampleDelivery = {
  number: 17,
  state: 'waiting',
  tries: 1,
  dueAt: 1778481610200,
  triedAt: 1778481605100,
  status: 503,
  answer: 'try again later',
  duration: 12,
  event: exampleEvent,
};
