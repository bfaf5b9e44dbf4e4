/** Fields of custom robots that the configuration file, the console and the emulator share. */
import { z } from 'zod';
import { isAddressRange } from '../address-range.ts';

/** A name: no control or format characters, except the two joiners, which emoji sequences such as families need. */
export const robotTitle = () =>
  z
    .string()
    .regex(/^(?=.*[^\s\p{C}])[\P{C}\u200c\u200d]{1,200}$/u, 'must be 1 to 200 characters on one line and not blank');

/** A text that must occur in a message. */
export const keyword = () =>
  z.string().regex(/^(?=.*[^\s\p{C}])[\P{C}\u200c\u200d]{1,100}$/u, 'must be 1 to 100 characters on one line');

/** An IP address, or a range such as `10.0.0.0/8`. */
export const addressRange = () =>
  z.string().max(64).refine(isAddressRange, 'must be an IP address or a range such as 10.0.0.0/8');

/** The token of a webhook. */
export const webhookToken = () => z.string().regex(/^[\da-f]{64}$/, 'must be 64 hexadecimal digits');

/** The secret of a custom robot. */
export const signSecret = () =>
  z.string().regex(/^SEC[\w-]{8,128}$/, 'must be SEC and 8 to 128 letters, digits, underscores or hyphens');
