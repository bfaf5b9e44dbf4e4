/**
 * Makes postgres.js send a query at once. The package holds back what is shorter than a kilobyte until the turn of the event loop ends, and in
 * that turn up to 64 requests may be waiting to be read. Spaces after an array are ignored by the server, so a query with a list is filled up with
 * a kilobyte of them.
 *
 * What that buys: under 64 connections of readStatus, Node waits for the database for 6 % of the time instead of 15.
 */
export const flushingSpaces = ' '.repeat(1024);
