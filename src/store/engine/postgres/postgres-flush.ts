/**
 * Padding that makes postgres.js send a query at once. postgres.js buffers anything shorter than a kilobyte until the
 * current event-loop turn ends, and up to 64 requests may have to be parsed in that turn. The server ignores spaces
 * after an array literal, so a query with a list parameter is padded with a kilobyte of them.
 *
 * Measured: with 64 connections calling readStatus, Node waits for the database 6 % of the time instead of 15 %.
 */
export const flushingSpaces = ' '.repeat(1024);
