import { createHash, randomBytes } from 'node:crypto';

export const random = (length: number): Buffer => randomBytes(length);

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
