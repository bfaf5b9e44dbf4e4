/** Right-to-left letters, and control characters that change the direction. */
const rightToLeft =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}\u200f\u202a-\u202e\u2066-\u2069]/u;
const controls = /[\u202a-\u202e\u2066-\u2069]/g;

/** Removes the control characters that make a file named `…fdp.exe` look like `…exe.pdf`. */
export const withoutControls = (name: string): string => name.replace(controls, '');

/** Encloses a name for use in a sentence in first-strong isolates (U+2068, U+2069) if it could change the direction. */
export function isolate(name: string): string {
  return rightToLeft.test(name) ? `\u2068${withoutControls(name)}\u2069` : name;
}
