import assert from 'node:assert/strict';

import { buildGate } from '../../src/gate/build.ts';
import type { Gate, Origin } from '../../src/gate/gate.ts';
import { parseWarninglist, type Warninglist } from '../../src/gate/warninglist.ts';
import type { Hold, HoldRule } from '../../src/model/hold.ts';
import type { OperatorEntry } from '../../src/model/operator-entry.ts';
import { normaliseIoc } from '../../src/normalise/normalise.ts';

export const NOW = Date.UTC(2026, 6, 1);

let plain: Gate | undefined;
let demonstrating: Gate | undefined;

/** The gate of a first run: no refreshed lists, no entries of the operator. */
export function plainGate(): Gate {
  plain ??= buildGate({ now: NOW });
  return plain;
}

/** A gate that lets documentation addresses and names through, as tests and demonstrations do. */
export function lenientGate(): Gate {
  demonstrating ??= buildGate({ now: NOW, documentation: 'pass' });
  return demonstrating;
}

/** A lenient gate with the operator's entries, such as `allow: example.com`. */
export function gateWith(
  ...entries: readonly (Partial<OperatorEntry> & Pick<OperatorEntry, 'list' | 'value'>)[]
): Gate {
  const operator = entries.map((entry) => ({ createdAt: NOW, ...entry }));
  return buildGate({ operator, now: NOW, documentation: 'pass' });
}

/** A lenient gate with lists in MISP's format, by their slugs. */
export function gateWithLists(lists: Readonly<Record<string, object>>): Gate {
  return buildGate({
    warninglists: Object.entries(lists).map(([slug, json]) => listOf(slug, json)),
    now: NOW,
    documentation: 'pass',
  });
}

export function listOf(slug: string, json: object): Warninglist {
  const { list, problems } = parseWarninglist(slug, json);
  assert.ok(list !== undefined, problems.join('\n'));
  return list;
}

/** What the gate says of a value as a source would give it. */
export function check(gate: Gate, value: string, origin?: Origin): Hold | undefined {
  const ioc = normaliseIoc(value);
  assert.ok(ioc.ok, `${value} is no IOC`);
  return gate.check(ioc, origin);
}

export function assertHeld(gate: Gate, rule: HoldRule, values: readonly string[], origin?: Origin): void {
  for (const value of values) assert.equal(check(gate, value, origin)?.rule, rule, value);
}

export function assertPasses(gate: Gate, values: readonly string[], origin?: Origin): void {
  for (const value of values) assert.equal(check(gate, value, origin), undefined, value);
}
