/**
 * The errors of the old host (`/gettoken`, `/topapi/…` and the other paths without a version). An answer is always HTTP 200; `errcode` tells
 * a failure from a success. Texts are those that the real service is known to send.
 * https://open.dingtalk.com/document/development/server-api-error-codes-1
 */
export type ErrcodeRow = {
  /** Text on the wire; `{name}` is replaced by a value of the call. */
  readonly errmsg: string;
  /** When it happens, in one English line. */
  readonly summary: string;
};

export const errcodes = {
  [-1]: { errmsg: '系统繁忙', summary: 'The store cannot answer.' },
  22: {
    errmsg: 'Invalid method[submsg={submsg}]',
    summary: 'No call under /topapi/ has this path.',
  },
  404: { errmsg: '请求的URI地址不存在', summary: 'No call of the old host has this path.' },
  40035: {
    errmsg: '缺少参数 corpid or appkey',
    summary: 'The query names neither appkey and appsecret nor corpid and corpsecret, or names one of them twice.',
  },
  40089: { errmsg: '不合法的corpId或corpSecret', summary: 'The organization has no internal app with this secret.' },
  40096: { errmsg: '不合法的appKey或appSecret', summary: 'No internal app has this appkey with this appsecret.' },
  43001: { errmsg: '需要GET请求', summary: 'The call takes another method.' },
  90018: {
    errmsg: '您的服务器调用钉钉开放平台当前接口的所有请求都被暂时禁用了',
    summary: 'Too many credentials of this app are being checked, or were wrong; Retry-After says when to repeat.',
  },
} as const satisfies Readonly<Record<number, ErrcodeRow>>;

/** Every code of the old host. */
export type Errcode = keyof typeof errcodes;

/** What an answer needs beside its code. */
export type ErrcodeDetails = {
  /** Replaces `{submsg}` of the text, and becomes `sub_msg`. */
  readonly submsg?: string;
  /** Seconds until a repeat makes sense. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
};

/** An answer of the old host that is a failure; `why` is the real cause in words, which callers never see. */
export class OldHostError extends Error {
  readonly errcode: Errcode;
  readonly why: string;
  readonly details: ErrcodeDetails;

  constructor(errcode: Errcode, why: string, details: ErrcodeDetails = {}) {
    super(`${errcode}: ${why}`, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'OldHostError';
    this.errcode = errcode;
    this.why = why;
    this.details = details;
  }
}
