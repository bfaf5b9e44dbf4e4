/** The JSON columns, with a check of their shape. */
const shapes: Readonly<Record<string, (value: unknown) => boolean>> = {
  'apps.permissions': isTexts,
  'idempotency.answer': (value) => {
    if (!isObject(value)) return false;
    if (value.conversationId !== undefined) return isNumber(value.conversationId);
    const { messageId, sentAt, flowControlled, invalid, filtered, content } = value;
    const lists = [flowControlled, invalid, filtered].every(isTexts);
    return isNumber(messageId) && isNumber(sentAt) && lists && (content === undefined || typeof content === 'string');
  },
  'contents.param': isObject,
  'events.body': isObject,
  'conversations.options': isObject,
  'robot_settings.plugins': (value) => Array.isArray(value) && value.every(isPlugin),
  'custom_robots.keywords': isTexts,
  'custom_robots.addresses': isTexts,
  'custom_robots.outgoing': (value) => {
    if (!isObject(value) || typeof value.url !== 'string') return false;
    return value.token === null || typeof value.token === 'string';
  },
  'notices.invalid': (value) => {
    if (!isObject(value)) return false;
    return isTexts(value.users) && Array.isArray(value.departments) && value.departments.every(Number.isSafeInteger);
  },
  'notice_templates.msg': isObject,
  'subscriptions.types': isTexts,
  'cards.data': isTextsByName,
  'card_private.data': isTextsByName,
  'audit.was': isObject,
  'audit.became': isObject,
};

/** Whether a column contains JSON. */
export const isJsonColumn = (table: string, column: string) => `${table}.${column}` in shapes;

/** Whether a text is JSON of the shape that a column requires. */
export function checkJson(table: string, column: string, text: string): boolean {
  try {
    return shapes[`${table}.${column}`]?.(JSON.parse(text)) ?? true;
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is a quick entry of a robot; its name is the JSON text of an object of texts. */
function isPlugin(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { icon, name, mobileUrl = '', pcUrl = '' } = value;
  if (![icon, name, mobileUrl, pcUrl].every((one) => typeof one === 'string')) return false;
  const names: unknown = JSON.parse(String(name));
  return isObject(names) && Object.values(names).every((one) => typeof one === 'string');
}

function isTextsByName(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((one) => typeof one === 'string');
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

const isNumber = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
