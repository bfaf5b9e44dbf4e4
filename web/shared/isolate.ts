/** Letters that run from right to left, and controls that change the direction. */
const rightToLeft =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}\u200f\u202a-\u202e\u2066-\u2069]/u;
const controls = /[\u202a-\u202e\u2066-\u2069]/g;

/** A file's name without the controls that make `exe.pdf` of `fdp.exe`. */
export const withoutControls = (name: string): string => name.replace(controls, '');

/** A name for a sentence: between first-strong isolates when it may change the direction, and as it is otherwise. */
export function isolate(name: string): string {
  return rightToLeft.test(name) ? `\u2068${withoutControls(name)}\u2069` : name;
}
