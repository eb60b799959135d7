import assert from 'node:assert/strict';

export interface ParsedFamily {
  readonly type: string;
  readonly help: string;
  readonly samples: { name: string; labels: Record<string, string>; value: number }[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const HELP = new RegExp(`^# HELP (${NAME}) (.*)$`, 's');
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram)$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`, 's');
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/;

/**
 * Reads Prometheus's text format by its description, and refuses what a scraper would: samples outside of their family, families
 * or series told twice, a text that does not end its last line, histograms that are none.
 */
export function parseMetrics(text: string): Map<string, ParsedFamily> {
  assert.ok(text === '' || text.endsWith('\n'), 'the last line is ended');
  const families = new Map<string, ParsedFamily>();
  const series = new Set<string>();
  let help: RegExpExecArray | null = null as RegExpExecArray | null;
  let name = '';
  for (const line of text.split('\n').slice(0, -1)) {
    if (line.startsWith('# HELP')) {
      help = HELP.exec(line);
      assert.ok(help, line);
    } else if (line.startsWith('#')) {
      const type = TYPE.exec(line);
      assert.ok(type && help && help[1] === type[1], line);
      name = type[1]!;
      assert.ok(!families.has(name), `${name} is told twice`);
      families.set(name, { type: type[2]!, help: unescaped(help[2]!), samples: [] });
    } else {
      const sample = SAMPLE.exec(line);
      assert.ok(sample, line);
      const [, own = '', labels = '', value = ''] = sample;
      const family = families.get(name)!;
      const suffixes = family.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
      assert.ok(
        suffixes.some((suffix) => own === name + suffix),
        `${own} stands in ${name}`,
      );
      assert.ok(!series.has(own + labels), `${own}{${labels}} is told twice`);
      series.add(own + labels);
      family.samples.push({ name: own, labels: labelsOf(labels), value: numberOf(value) });
    }
  }
  for (const [each, family] of families) {
    if (family.type === 'counter') {
      assert.match(each, /_total$/);
      for (const { value } of family.samples) assert.ok(value >= 0);
    }
    if (family.type === 'histogram') assertHistogram(each, family);
  }
  return families;
}

/** The value of the one sample with these labels; undefined when there is none. */
export function valueOf(
  families: ReadonlyMap<string, ParsedFamily>,
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const family = families.get(name.replace(/_(?:bucket|sum|count)$/, '')) ?? families.get(name);
  const found = family?.samples.filter(
    (sample) =>
      sample.name === name &&
      Object.keys(sample.labels).length === Object.keys(labels).length &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  return found?.[0]?.value;
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let rest = text;
  while (rest !== '') {
    const label = LABEL.exec(rest);
    assert.ok(label, `labels: ${rest}`);
    const [whole, name = '', value = ''] = label;
    assert.ok(!(name in labels), `${name} twice`);
    labels[name] = unescaped(value);
    rest = rest.slice(whole.length);
  }
  return labels;
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(["\\n])/g, (_, character: string) => (character === 'n' ? '\n' : character));
}

function numberOf(text: string): number {
  if (text === '+Inf') return Infinity;
  const value = Number(text);
  assert.ok(!Number.isNaN(value), text);
  return value;
}

/** Buckets rise to the count, which is that of +Inf. */
function assertHistogram(name: string, { samples }: ParsedFamily): void {
  const groups = Map.groupBy(samples, ({ labels: { le: _le, ...others } }) => JSON.stringify(others));
  for (const group of groups.values()) {
    const buckets = group.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => numberOf(labels.le!));
    assert.deepEqual(
      bounds,
      bounds.toSorted((a, b) => a - b),
    );
    assert.equal(bounds.at(-1), Infinity);
    const values = buckets.map(({ value }) => value);
    assert.deepEqual(
      values,
      values.toSorted((a, b) => a - b),
    );
    assert.equal(group.find((sample) => sample.name === `${name}_count`)?.value, values.at(-1));
    assert.ok(group.some((sample) => sample.name === `${name}_sum`));
  }
}
