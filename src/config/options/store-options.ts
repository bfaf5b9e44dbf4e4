import type { Command, Option } from './option.ts';

const servers: readonly Command[] = ['dev', 'serve'];

/** The options of the memory and the connections that a store uses. */
export const storeOptions: readonly Option[] = [
  {
    name: 'poolSize',
    flag: '--pool-size',
    commands: [...servers, 'migrate', 'verify'],
    inFile: true,
    kind: 'integer',
    value: '<number>',
    default: '10',
    environment: ['HUIZHI_POOL_SIZE'],
    minimum: 2,
    maximum: 1000,
    doc: 'The maximum number of connections from this process to PostgreSQL. SQLite needs none.',
  },
  {
    name: 'receiptCache',
    flag: '--receipt-cache',
    commands: servers,
    inFile: true,
    kind: 'integer',
    value: '<mebibytes>',
    default: '64',
    environment: ['HUIZHI_RECEIPT_CACHE'],
    minimum: 1,
    maximum: 8192,
    doc: 'The maximum memory for the receipts of messages in the read window, in MiB, on SQLite. 64 hold a million messages to five users, or a third as many to twenty. Other receipts are read from the file. On PostgreSQL it has no effect.',
  },
];
