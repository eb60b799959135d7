import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { writeCursor } from '../../src/model/cursor.ts';
import { ParameterError, type ParameterProblem, queryPairs } from '../../src/model/parameters.ts';
import {
  INDICATOR_PARAMETERS,
  type IndicatorRequest,
  parseIndicatorRequest,
} from '../../src/model/query-parameters.ts';
import { TIERS } from '../../src/model/tier.ts';

const NOW = Date.UTC(2026, 0, 15, 10);

function read(raw: string, tier: 'free' | 'pro' = 'pro'): IndicatorRequest {
  return parseIndicatorRequest(queryPairs(raw), { tier: TIERS[tier], now: NOW });
}

function problems(raw: string, tier: 'free' | 'pro' = 'pro'): readonly ParameterProblem[] {
  try {
    read(raw, tier);
  } catch (error) {
    assert(error instanceof ParameterError);
    return error.problems;
  }
  return assert.fail(`${raw} was taken`);
}

test('nothing asked for is the hundred newest indicators that stand, as a bundle with the identity', () => {
  assert.deepEqual(read('').query, {
    types: [],
    levels: [],
    sectors: [],
    revoked: 'exclude',
    order: 'newest-first',
    limit: 100,
  });
  assert.deepEqual(read('').presentation, {
    format: 'bundle',
    strict: false,
    identity: true,
    definitions: false,
    related: false,
    marking: { tlpVersion: 1, atLeast: 'clear' },
  });
});

test('with since it is the oldest first, retractions included, unless revoked says otherwise', () => {
  const { query } = read('since=2026-01-01T00:00:00Z');
  assert.equal(query.order, 'oldest-first');
  assert.equal(query.revoked, 'include');
  assert.equal(query.since, Date.UTC(2026, 0, 1));
  assert.equal(read('since=2026-01-01T00:00:00Z&revoked=exclude').query.revoked, 'exclude');
  assert.equal(read('revoked=include').query.revoked, 'include');
});

test('since takes dates, offsets, and a plus that was not encoded', () => {
  const at = (text: string) => read(`since=${text}`).query.since;
  assert.equal(at('2026-01-01'), Date.UTC(2026, 0, 1));
  assert.equal(at('2026-01-01T02:00:00%2B02:00'), Date.UTC(2026, 0, 1));
  assert.equal(at('2026-01-01T02:00:00+02:00'), Date.UTC(2026, 0, 1));
  assert.equal(at('2026-01-01T00:00:00-05:00'), Date.UTC(2026, 0, 1, 5));
  assert.equal(at('2026-01-01T00:00:00.123456Z'), Date.UTC(2026, 0, 1, 0, 0, 0, 123));
  for (const text of [
    'yesterday',
    '2026-13-01',
    '2026-01-01T00:00:00',
    '1767225600',
    '2026-01-01T00:00:00Z;',
  ]) {
    assert.equal(problems(`since=${text}`)[0]?.parameter, 'since', text);
  }
});

test('since is moved up to the look-back of the tier, and what was asked is remembered', () => {
  const { query, since } = read('since=2020-01-01');
  assert.equal(query.since, NOW - 365 * 86_400_000);
  assert.equal(since, Date.UTC(2020, 0, 1));
  assert.equal(read('since=2020-01-01', 'free').query.since, NOW - 86_400_000);
});

test('types, levels and sectors are lists, in any order and spelling that is known', () => {
  assert.deepEqual(read('type=url,ipv4,url').query.types, ['ipv4', 'url']);
  assert.deepEqual(read('type=mitre_attack').query.types, ['mitre-attack']);
  assert.deepEqual(read('confidence=high,low').query.levels, ['low', 'high']);
  assert.deepEqual(read('industry=banking,Healthcare').query.sectors, ['financial-services', 'healthcare']);
  for (const raw of ['type=ipv5', 'type=ipv4,', 'type=,', 'confidence=85', 'industry=mars']) {
    assert.equal(problems(raw).length, 1, raw);
  }
});

test('the limit is from 1 to what the tier allows, and never clamped', () => {
  assert.equal(read('limit=10000').query.limit, 10_000);
  assert.equal(read('limit=1').query.limit, 1);
  for (const limit of ['0', '-1', '10001', '1e9', '1.5', '0x10', '٣', ' 5', '99999999999999999999']) {
    assert.equal(
      problems(`limit=${encodeURIComponent(limit)}`)[0]?.allowed,
      'a number from 1 to 10000',
      limit,
    );
  }
  assert.equal(problems('limit=101', 'free')[0]?.allowed, 'a number from 1 to 100');
});

test('how it is written is asked for by parameters of their own', () => {
  const { presentation } = read(
    'format=objects&include_identity=false&include_markings=true&include=related&tlp=amber+strict&strict=true',
  );
  assert.deepEqual(presentation, {
    format: 'objects',
    strict: true,
    identity: false,
    definitions: true,
    related: true,
    marking: { tlpVersion: 1, atLeast: 'amber+strict' },
  });
  assert.equal(read('tlp_version=2').presentation.definitions, true);
  assert.equal(read('tlp_version=2&include_markings=false').presentation.definitions, false);
});

test('an unknown parameter is an error that names the nearest one', () => {
  const nearest = (name: string) => /did you mean (\w+)/.exec(problems(`${name}=x`)[0]!.reason)?.[1];
  assert.equal(nearest('tpye'), 'type');
  assert.equal(nearest('Since'), 'since');
  assert.equal(nearest('industries'), 'industry');
  assert.equal(nearest('include-identity'), 'include_identity');
  assert.equal(nearest('x-user'), undefined);
  assert.equal(nearest('a'.repeat(10_000)), undefined);
  assert.equal(problems('__proto__=x')[0]?.parameter, '__proto__');
  assert.equal(problems('constructor=x')[0]?.parameter, 'constructor');
});

test('a parameter given twice, or empty, is an error', () => {
  assert.match(problems('type=ipv4&type=url')[0]!.reason, /more than once/);
  assert.match(problems('type=')[0]!.reason, /empty/);
  assert.match(problems('type')[0]!.reason, /empty/);
});

test('everything that is wrong is said at once, up to twenty problems', () => {
  assert.deepEqual(
    problems('type=x&limit=0&foo=1&since=&confidence=high').map(({ parameter }) => parameter),
    ['type', 'limit', 'foo', 'since'],
  );
  const many = Array.from({ length: 1_000 }, (_, index) => `p${index}=${'x'.repeat(500)}`).join('&');
  assert.equal(problems(many).length, 20);
  assert(JSON.stringify(problems(`type=${'x'.repeat(5_000)}`)).length < 1_000);
});

test('a cursor goes on in the order of its page, with the same filters however they are spelt', () => {
  const page = read('type=url,ipv4&limit=5');
  const cursor = writeCursor({ order: page.query.order, stamp: NOW - 7 }, page.filters);
  assert.match(cursor, /^[\w-]+$/);
  assert.equal(read(`cursor=${cursor}&type=ipv4,url&limit=9`).query.after, NOW - 7);
  for (const raw of ['type=url', '', 'type=ipv4,url&since=2026-01-01', 'type=ipv4,url&revoked=include']) {
    assert.match(problems(`cursor=${cursor}&${raw}`)[0]!.reason, /filters/, raw);
  }
});

test('a cursor that was tampered with is an error', () => {
  const { filters } = read('');
  fc.assert(
    fc.property(
      fc.nat({ max: 2 ** 48 - 1 }),
      fc.nat({ max: 17 }),
      fc.base64String(),
      (stamp, place, other) => {
        const cursor = writeCursor({ order: 'newest-first', stamp }, filters);
        assert.equal(read(`cursor=${cursor}`).query.after, stamp);
        const digit = cursor[place] === 'A' ? 'B' : 'A';
        assert.equal(
          problems(`cursor=${cursor.slice(0, place)}${digit}${cursor.slice(place + 1)}`).length,
          1,
        );
        if (other !== '') assert.equal(problems(`cursor=${encodeURIComponent(other)}`).length, 1);
      },
    ),
  );
});

test('any query string is either read or refused with problems, quickly', () => {
  fc.assert(
    fc.property(
      fc.webQueryParameters(),
      fc.constantFrom(...Object.keys(INDICATOR_PARAMETERS)),
      (raw, name) => {
        for (const query of [raw, `${name}=${raw}`]) {
          try {
            assert(read(query).query.limit >= 1);
          } catch (error) {
            assert(error instanceof ParameterError && error.problems.length > 0);
          }
        }
      },
    ),
  );
});
