/** The Traffic Light Protocol, freest first; a marking's position is its code in the store. */
export const TLP_MARKINGS = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const;

export type Tlp = (typeof TLP_MARKINGS)[number];

/** TLP 1 marking-definition ids (STIX 2.1 §7.2.1.4). `amber+strict` has none and takes its TLP 2 id. */
const TLP1_IDS: Record<Tlp, string> = {
  clear: 'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9',
  green: 'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da',
  amber: 'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82',
  'amber+strict': 'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003',
  red: 'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed',
};

/** TLP 2 marking-definition ids (OASIS TLP 2.0 extension for STIX 2.1). */
const TLP2_IDS: Record<Tlp, string> = {
  clear: 'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487',
  green: 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb',
  amber: 'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421',
  'amber+strict': 'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003',
  red: 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1',
};

export type TlpVersion = 1 | 2;

/** The marking-definition id that stands for `tlp` in the given version of the protocol. */
export function tlpMarkingId(tlp: Tlp, version: TlpVersion): string {
  return (version === 1 ? TLP1_IDS : TLP2_IDS)[tlp];
}

/** The TLP that a marking-definition id of either version stands for, or undefined. */
export function tlpOfMarkingId(id: string): Tlp | undefined {
  return TLP_MARKINGS.find((tlp) => TLP1_IDS[tlp] === id || TLP2_IDS[tlp] === id);
}

/** The stricter of two markings. */
export function stricterTlp(a: Tlp, b: Tlp): Tlp {
  return TLP_MARKINGS.indexOf(a) >= TLP_MARKINGS.indexOf(b) ? a : b;
}

/**
 * Reads a marking as people and feeds write it: `TLP:WHITE`, `tlp:clear`, `amber+strict`,
 * `amber-strict`, in any case. Returns undefined for anything else.
 */
export function parseTlp(text: string): Tlp | undefined {
  const word = text
    .trim()
    .toLowerCase()
    .replace(/^tlp\s*[:\-_ ]\s*/, '')
    .replace(/^white$/, 'clear')
    .replace(/^amber[-_ ]strict$/, 'amber+strict');
  return TLP_MARKINGS.find((tlp) => tlp === word);
}

/**
 * The marking of a text that is meant as one: like `parseTlp`, and what that cannot read is red when it names red, else
 * amber at least, as nobody said that it may go further.
 */
export function cautiousTlp(text: string): Tlp {
  const exact = parseTlp(text);
  if (exact !== undefined) return exact;
  const words = text.toLowerCase().split(/[^a-z]+/);
  if (words.includes('red')) return 'red';
  return words.includes('strict') ? 'amber+strict' : 'amber';
}

/** The marking that a tag states, such as `tlp:red` or `TLP AMBER`; undefined of a tag that is about something else. */
export function tlpOfTag(tag: string): Tlp | undefined {
  if (/^[^a-z0-9]*tlp\s*[:=]/i.test(tag)) return cautiousTlp(tag);
  return /^\s*tlp[\s_-]/i.test(tag) ? parseTlp(tag) : undefined;
}

/** The strictest of markings; undefined of none. */
export function strictestTlp(markings: readonly (Tlp | undefined)[]): Tlp | undefined {
  return TLP_MARKINGS.findLast((tlp) => markings.includes(tlp));
}
