/** The call for an app. */
export const appCall = (appKey: string) => `/console/v1/apps/${encodeURIComponent(appKey)}`;

/** The call for the push of an app, or with `part` for something of it. */
export const pushCall = (appKey: string, part = '') => `${appCall(appKey)}/push${part}`;

/** The page of the push of an app. */
export const pushPath = (appKey: string) => `/apps/${encodeURIComponent(appKey)}`;
