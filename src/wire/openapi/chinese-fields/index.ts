/** Translates the descriptions of fields, parameters and responses in the OpenAPI document into Chinese. */
import { consoleFields } from './console.ts';
import { emulatorFields } from './emulator.ts';
import { inboxFields } from './inbox.ts';
import { vendorFields } from './vendor.ts';

/** The Chinese texts by the English ones. */
export const chineseFields: Readonly<Record<string, string>> = {
  ...vendorFields,
  ...inboxFields,
  ...consoleFields,
  ...emulatorFields,
};

/** A copy of a part of the document in which each description that has a Chinese text is replaced by it. */
export function translateDescriptions(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(translateDescriptions);
  if (typeof part !== 'object' || part === null) return part;
  const members = Object.entries(part).map(([name, value]: [string, unknown]) => {
    if (name === 'description' && typeof value === 'string') return [name, chineseFields[value] ?? value];
    return [name, name === 'example' ? value : translateDescriptions(value)];
  });
  return Object.fromEntries(members);
}
