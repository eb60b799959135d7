/**
 * What a value is there for. `meant`: it is an IOC. `plain`: it is one unless the text defangs its IOCs by habit.
 * `weak`: it is one unless the text defangs anything. `no`: it is none.
 */
export type Verdict = 'meant' | 'plain' | 'weak' | 'no';
