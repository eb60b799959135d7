/**
 * `created` and `modified` of objects that never change: the identity, and what indicators share. Any fixed
 * time will do, as long as it stays the same for ever.
 */
export const EPOCH = '2024-01-01T00:00:00.000Z';
