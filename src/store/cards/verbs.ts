import type { Driver } from '../engine/sql.ts';
import * as callbacks from './callbacks.ts';
import * as cards from './cards.ts';
import * as deliveries from './deliveries.ts';

type Key = Pick<cards.Card, 'corpId' | 'id'>;

/** Creates the verbs for interactive cards. Times are epoch milliseconds. */
export function createCardVerbs(driver: Driver) {
  return {
    /** Stores a card with the variables of single users. Resolves with false if the app has the outTrackId already. */
    create: (card: cards.Card, privates: ReadonlyMap<number, cards.CardValues>) =>
      driver.write(() => cards.insertCard(card, privates)),
    byOutTrackId: (corpId: number, appId: number, outTrackId: string) =>
      driver.read(() => cards.findCard(corpId, appId, outTrackId)),
    byCode: (corpId: number, code: string) => driver.read(() => cards.findCardByCode(corpId, code)),
    /** Reads a page of an organization's cards, newest first. */
    page: (corpId: number, before: number, limit: number) => driver.read(() => cards.readCards(corpId, before, limit)),
    /** Reads cards that were changed or delivered since a time, newest change first. */
    changedSince: (corpId: number, since: number, limit: number) =>
      driver.read(() => cards.readChangedCards(corpId, since, limit)),
    /** Reads the variables that only this user sees; undefined if there are none. */
    privateOf: async ({ corpId, id }: Key, userId: number) =>
      (await driver.read(() => cards.readPrivate(corpId, id, [userId]))).get(userId),
    /** Changes a card, and resolves when that is durable; see `changeCard`. */
    change: (key: Key, userIds: readonly number[], at: number, edit: cards.CardEdit) =>
      driver.write(() => cards.changeCard(key, userIds, at, edit)),
    /** Like `change`, but resolves before the change is durable; `sync` or any later write makes it so. */
    changeLazily: (key: Key, userIds: readonly number[], at: number, edit: cards.CardEdit) =>
      driver.writeLazily(() => cards.changeCard(key, userIds, at, edit)),
    /** Makes the lazy changes of this process durable. */
    sync: (key: Key) => driver.write(() => cards.rewriteCard(key)),
    deliveries: ({ corpId, id }: Key) => driver.read(() => deliveries.readCardDeliveries(corpId, id)),
    countDeliveries: ({ corpId, id }: Key) => driver.read(() => deliveries.countCardDeliveries(corpId, id)),
    /** Reads the messages that may show a card to a user; see `readCardDeliveriesTo`. */
    deliveriesTo: ({ corpId, id }: Key, userId: number) =>
      driver.read(() => deliveries.readCardDeliveriesTo(corpId, id, userId)),
    /** Returns those of the users to whom a card was delivered. */
    viewers: (corpId: number, cardId: number, userIds: readonly number[]) =>
      driver.read(() => deliveries.findCardViewers(corpId, cardId, userIds)),
    /** Removes up to `limit` cards that were neither changed nor delivered since a time, and resolves with how many. */
    prune: (corpId: number, before: number, limit: number) =>
      driver.write(() => cards.pruneCards(corpId, before, limit)),
    /** Deletes up to `limit` rows about removed messages, and resolves with how many. */
    pruneDeliveries: (corpId: number, limit: number) =>
      driver.write(() => deliveries.pruneCardDeliveries(corpId, limit)),
    /** Finds the address that an app has registered under a name. */
    callback: (key: callbacks.CardCallbackKey) => driver.read(() => callbacks.findCardCallback(key)),
    /** Stores an address; see `registerCardCallback`. */
    registerCallback: (...given: Parameters<typeof callbacks.registerCardCallback>) =>
      driver.write(() => callbacks.registerCardCallback(...given)),
    template: (corpId: number, appId: number, templateId: string) =>
      driver.read(() => callbacks.readCardTemplate(corpId, appId, templateId)),
    putTemplate: (corpId: number, appId: number, templateId: string, state: callbacks.CardTemplateState) =>
      driver.write(() => callbacks.putCardTemplate(corpId, appId, templateId, state)),
  };
}

export type CardVerbs = ReturnType<typeof createCardVerbs>;
