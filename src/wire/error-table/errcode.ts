import { contactErrcodes } from './contacts.ts';
import { webhookErrcodes } from './custom-robots.ts';
import { groupErrcodes } from './groups-management.ts';
import { noticeErrcodes } from './notices.ts';
import { pushErrcodes } from './push.ts';

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
  ...contactErrcodes,
  ...groupErrcodes,
  ...webhookErrcodes,
  ...noticeErrcodes,
  ...pushErrcodes,
  [-1]: {
    errmsg: '系统繁忙',
    summary:
      'The store cannot answer, there are too many request bodies at once, or an organization has no space left for media.',
  },
  22: {
    errmsg: 'Invalid method[submsg={submsg}]',
    summary: 'No call under /topapi/ has this path.',
  },
  40: { errmsg: 'Missing required arguments:{name}', summary: 'A required parameter is absent.' },
  41: {
    errmsg: 'Invalid arguments:{name}',
    summary: 'A parameter has the wrong type, or is given twice.',
  },
  88: {
    errmsg: 'ding talk error[subcode={subcode},submsg={submsg}]',
    summary:
      'By sub_code: the token is absent (40000) or not valid (40014), the app lacks the permission (60011), or it calls too often (90018).',
  },
  404: { errmsg: '请求的URI地址不存在', summary: 'No call of the old host has this path.' },
  40004: { errmsg: '不合法的媒体文件类型', summary: 'The type of an upload is not image, voice, video or file.' },
  40005: {
    errmsg: '不合法的文件类型',
    summary: 'The content of an uploaded file is not of a format that its type accepts, whatever its name says.',
  },
  40006: { errmsg: '不合法的文件大小', summary: 'An uploaded file is empty, or larger than its type allows.' },
  40035: {
    errmsg: '不合法的参数',
    summary: 'The parameters or the body cannot be read, or the credentials of gettoken are not in its query.',
  },
  40089: { errmsg: '不合法的corpId或corpSecret', summary: 'The organization has no internal app with this secret.' },
  40096: { errmsg: '不合法的appKey或appSecret', summary: 'No internal app has this appkey with this appsecret.' },
  43001: { errmsg: '需要GET请求', summary: 'The call needs GET.' },
  43002: { errmsg: '需要POST请求', summary: 'The call needs POST.' },
  43008: { errmsg: '参数需要multipart类型', summary: 'The body of an upload is not multipart/form-data.' },
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
  /** Replaces `{subcode}` in the text, and is also returned as `sub_code`. */
  readonly subcode?: string;
  /** Values of the placeholders other than `{submsg}` and `{subcode}`. */
  readonly fill?: Readonly<Record<string, string>>;
  /** Replaces the text of the table, where a call has its own text for the code. */
  readonly errmsg?: string;
  /** Whether the response has a `request_id`, as most calls have. */
  readonly hasRequestId?: boolean;
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

  /** The text on the wire, with placeholders filled. */
  get text(): string {
    const { errmsg = errcodes[this.errcode].errmsg, submsg = '', subcode = '', fill } = this.details;
    const values: Readonly<Record<string, string>> = { submsg, subcode, ...fill };
    return errmsg.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
  }
}
