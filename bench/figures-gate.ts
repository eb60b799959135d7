import { buildGate } from '../src/gate/build.ts';
import type { Ioc } from '../src/model/ioc.ts';
import { normaliseIoc } from '../src/normalise/normalise.ts';
import { sampleSighting } from './data.ts';
import { type Figure, median, round } from './report.ts';

const BATCH = 10_000;
const ROUNDS = 3;

/** How long the gate takes for a million values, alone and against normalising them. */
export function gateFigures(quick: boolean, tell: (text: string) => void): Figure[] {
  const count = quick ? 200_000 : 1_000_000;
  tell(`checking ${count.toLocaleString('en')} values at the gate, against normalising them`);
  const gate = buildGate({ now: Date.now(), documentation: 'pass' });
  const times = Array.from({ length: ROUNDS }, () => timesOf(count, (ioc) => gate.check(ioc)));
  const checked = median(times.map(({ checking }) => checking));
  const normalised = median(times.map(({ normalising }) => normalising));
  return [
    {
      name: '1,000,000 values checked at the gate, seconds',
      measured: `${round(count / checked)} values/s, built-in lists`,
      value: (checked / count) * 1_000_000,
      bar: { atMost: 5 },
    },
    {
      name: 'the gate against normalising the same values, times as long',
      measured: `${round(checked)} s against ${round(normalised)} s for ${count.toLocaleString('en')}`,
      value: median(times.map(({ checking, normalising }) => checking / normalising)),
      bar: { atMost: 2 },
    },
  ];
}

/** Seconds spent on `count` values of the mix that feeds have. */
function timesOf(
  count: number,
  check: (ioc: Ioc) => unknown,
): { readonly checking: number; readonly normalising: number } {
  let checking = 0;
  let normalising = 0;
  for (let index = 0; index < count; index += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, offset) =>
      fromTheWild(sampleSighting(index + offset, 0), index + offset),
    );
    let began = performance.now();
    for (const { value, type } of batch) normaliseIoc(value, type);
    normalising += performance.now() - began;
    began = performance.now();
    for (const ioc of batch) check(ioc);
    checking += performance.now() - began;
  }
  return { checking: checking / 1000, normalising: normalising / 1000 };
}

/** The same value outside of special use, which would be told at once: addresses all over, and a name of no one. */
function fromTheWild({ type, value }: Ioc, index: number): Ioc {
  const network = `${20 + (index % 180)}.${(index >>> 8) & 255}.${index & 255}.`;
  return {
    type,
    value: value
      .replace('192.0.2.', network)
      .replace('2001:db8:', '2a00:')
      .replace(/^10\.\d+\.\d+\./, network)
      .replace('example.com', 'no-such-name-anywhere.com'),
  };
}
