/**
 * The errors of the old host, oapi.dingtalk.com (`/gettoken`, `/topapi/…` and other paths without a version). The
 * status is always HTTP 200; `errcode` is 0 for success. Texts are those that the real service sends.
 * https://open.dingtalk.com/document/development/server-api-error-codes-1
 */
export type ErrcodeRow = {
  /** Text on the wire; `{name}` is a placeholder for a value of the call. */
  readonly errmsg: string;
  /** When the error occurs, in one English sentence. */
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
  43001: { errmsg: '需要GET请求', summary: 'The call needs another method.' },
  90018: {
    errmsg: '您的服务器调用钉钉开放平台当前接口的所有请求都被暂时禁用了',
    summary: 'Too many credentials of this app are being checked, or were wrong; Retry-After says when to retry.',
  },
} as const satisfies Readonly<Record<number, ErrcodeRow>>;

/** Every error code of the old host. */
export type Errcode = keyof typeof errcodes;

/** The variable parts of an error response of the old host. */
export type ErrcodeDetails = {
  /** Replaces `{submsg}` in the text, and is also returned as `sub_msg`. */
  readonly submsg?: string;
  /** Seconds until the caller should retry. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
};

/** An error response of the old host. `why` is the actual cause, which is logged but never sent to the caller. */
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
