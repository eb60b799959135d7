/** One thing that `doctor` found: how bad it is, what it is, and, unless all is well, how to mend it. */
export type Finding = readonly [state: 'ok' | 'warn' | 'bad', what: string, remedy?: string];
