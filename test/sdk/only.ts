/** The SDKs that have the operations of a case, each as a language or as a language and a version; absent means all. */
export type Choice = { readonly only?: readonly string[] };

/** Returns whether a case runs with an SDK, such as `Python 2.2.65`. */
export function isFor({ only }: Choice, sdk: string): boolean {
  return only?.some((each) => each === sdk || sdk.startsWith(`${each} `)) ?? true;
}
