/**
 * The errors of the calls of the old host that register an address for encrypted HTTP pushes.
 * https://open.dingtalk.com/document/development/server-api-error-codes-1
 */
export const pushErrcodes = {
  71006: { errmsg: '回调地址已经存在', summary: 'The app has an address for events already.' },
  71007: { errmsg: '回调地址已不存在', summary: 'The app has no address for events.' },
  71008: {
    errmsg: '回调call_back_tag必须在指定的call_back_tag列表中',
    summary: 'call_back_tag is missing or empty, or has an unknown type of events.',
  },
  71009: {
    errmsg: '返回文本非success',
    summary: 'The answer of the address to check_url does not decrypt to success.',
  },
  71010: {
    errmsg: 'POST的JSON数据不包含所需要的参数字段或包含的参数格式非法',
    summary: 'The token has not 6 to 63 characters, or the aes_key is not 43 letters and digits.',
  },
  71011: {
    errmsg: '传入的url参数不是合法的url格式',
    summary: 'The url does not begin with http:// or https://, has a user name, or is too long.',
  },
  71012: {
    errmsg: 'url地址访问异常,错误原因为:{reason}',
    summary: 'The address does not answer check_url within 2.5 seconds, or with a status other than 2xx.',
  },
  71013: {
    errmsg: '此域名或IP不能注册或者接收回调事件',
    summary: 'The address, or one that its name has, is loopback, private or special, and not allowed.',
  },
} as const;
