import { createContext, type ReactNode } from 'react';

/** Renders an interactive card by its id; `title` is its title when it was delivered. */
export type RenderCard = (cardId: string, title: string) => ReactNode;

/** Where cards are loaded from: the inbox's calls, or the console's. */
export const CardContext = createContext<RenderCard | undefined>(undefined);
