/** The cache in which the service worker keeps the pictures and files of messages. */
export const mediaCache = 'huizhi-media';

/** What a click on a notification asks of the page: to open the conversation with this URL fragment. */
export type OpenConversation = { readonly fragment: string };
