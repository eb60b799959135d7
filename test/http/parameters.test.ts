import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import fc from 'fast-check';

import { IOC_TYPES } from '../../src/model/ioc.ts';
import { TLP_MARKINGS } from '../../src/model/marking.ts';
import { queryPairs } from '../../src/model/parameters.ts';
import { INDICATOR_PARAMETERS } from '../../src/model/query-parameters.ts';
import { SECTOR_ALIASES, SECTORS } from '../../src/model/sector.ts';
import { START, take } from '../store/fixtures.ts';
import { documentOf, operationsOf, parameterOf } from './openapi.ts';
import { addresses, bearer, errorOf, get, indicatorsOf, PATH, type Serving, serving } from './serving.ts';
import { json, makeAccount, signIn } from './signed-in.ts';

type Name = keyof typeof INDICATOR_PARAMETERS;

/** What is wrong for any parameter, as it stands in a URL. */
const NEVER_RIGHT = [
  '%00',
  '%0a',
  '%20',
  'null',
  'undefined',
  '[object%20Object]',
  '[]',
  '{}',
  '%22%22',
  '__proto__',
  'constructor',
  'toString',
  "'%20OR%201=1%20--",
  '(CASE%20WHEN%201%20THEN%201%20END)',
  '1;DROP%20TABLE%20version',
  '../../etc/passwd',
  '%2e%2e%2f',
  '%F0%9F%92%A9',
  '%FF%FE',
  '*',
  'a'.repeat(2_000),
  '%EF%BC%91',
];

/** What is wrong for each parameter, besides. */
const WRONG: Readonly<Record<Name, readonly string[]>> = {
  type: [
    'ip',
    'ipv4;url',
    'ipv4|url',
    'ipv4,,url',
    ',ipv4',
    'ipv4,ipv5',
    'sha512',
    'hash',
    'any',
    '1',
    'mitre-attack-x',
  ],
  since: [
    'now',
    'yesterday',
    '2026',
    '2026-01',
    '2026-1-1',
    '01/02/2026',
    '2026-02-30',
    '2025-02-29',
    '2026-00-10',
    '2026-13-01',
    '2026-01-01T00:00:00',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:00%2B24:00',
    '2026-01-01T00:00:00%2B0:00',
    '2026-01-01T00:00:00ZZ',
    '2026-01-01T00:00:00.Z',
    'T00:00:00Z',
    '1767225600',
    '1767225600000',
    '-1',
    '1d',
    'P1D',
    '%2B002026-01-01T00:00:00Z',
    'Thu,%2001%20Jan%202026%2000:00:00%20GMT',
  ],
  confidence: ['0', '85', '100', 'highest', 'high;low', 'high,,low', 'none', '>50', '70-100'],
  industry: ['mars', '1', 'energy;water', 'energy,,water', 'energy,', 'all', 'energy%00'],
  limit: [
    '0',
    '-1',
    '%2B5',
    '10001',
    '99999999999999999999',
    '1.0',
    '1e3',
    '0x10',
    '1_000',
    '1,000',
    ' 5',
    '5%20',
    'ten',
    '٣',
    'NaN',
    'Infinity',
    '-0',
    '00',
    '1%2B1',
  ],
  cursor: ['x', 'AAAA', 'AAAAAAAAAAAAAAAAAA', '%3D%3D', '0'.repeat(18), '0'.repeat(19), 'page2', '2', 'AQ=='],
  revoked: ['true', 'false', '1', '0', 'yes', 'Include%20', 'only', 'include,exclude'],
  tlp_version: ['0', '3', '1.0', '2.0', '01', 'v2', 'two'],
  tlp: ['white2', 'tlp', 'tlp:', 'ambers', 'amber%2B%2Bstrict', 'blue', 'red,green', '1'],
  format: ['json', 'csv', 'txt', 'stix', 'array', 'bundle,objects', 'bundle%20'],
  strict: ['1', '0', 'yes', 'no', 'on', 'TRUE%20', 'true,false'],
  include_identity: ['1', '0', 'yes', 'no', 'on', 'truee'],
  include_markings: ['1', '0', 'yes', 'no', 'off', 'falsee'],
  include: ['all', 'related,related,x', 'relationships', 'malware', 'true'],
};

/** What is right for each parameter, every value that there is where they are few. */
const RIGHT: Readonly<Record<Name, readonly string[]>> = {
  type: [...IOC_TYPES, 'mitre_attack', 'ipv4,ipv6', IOC_TYPES.join(), 'url,url'],
  since: [
    '2026-01-01',
    '2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00.5Z',
    '2026-01-01T01:00:00%2B01:00',
    '2026-01-01T01:00:00+01:00',
    '2025-12-31T19:00:00-05:00',
    '2024-02-29',
    '1999-12-31',
    '2099-01-01',
  ],
  confidence: ['high', 'medium', 'low', 'High%20', 'high,low', 'low,medium,high'],
  industry: [
    ...SECTORS,
    ...Object.keys(SECTOR_ALIASES),
    'energy,water',
    'Financial%20Services',
    'food_and_agriculture',
    'Food%20%26%20Agriculture',
  ],
  limit: ['1', '2', '99', '100', '101', '9999', '10000'],
  cursor: [],
  revoked: ['include', 'exclude'],
  tlp_version: ['1', '2'],
  tlp: [
    ...TLP_MARKINGS.map((tlp) => encodeURIComponent(tlp)),
    'white',
    'TLP:GREEN',
    'amber-strict',
    'amber+strict',
    'Red',
  ],
  format: ['bundle', 'objects'],
  strict: ['true', 'false'],
  include_identity: ['true', 'false'],
  include_markings: ['true', 'false'],
  include: ['related'],
};

const NAMES = Object.keys(INDICATOR_PARAMETERS) as Name[];

async function open(context: TestContext): Promise<Serving> {
  const server = await serving(context);
  await take(server.store, addresses(3), START);
  return server;
}

/** Whether an answer tells something of our inside: paths, SQL, stacks, hosts, names of engines. */
function tells(body: string): string | undefined {
  return /(?:\/work|\/home|\/src\/|node_modules|\.ts:\d|\.sqlite|SELECT |INSERT |no such (?:table|column)|at \w+ \(|127\.0\.0\.1|localhost|fastify|FST_|undefined is not|Cannot read)/i.exec(
    body,
  )?.[0];
}

test('every parameter of the table is tried here with what is right and what is wrong', () => {
  assert.deepEqual(Object.keys(WRONG).sort(), [...NAMES].sort());
  assert.deepEqual(Object.keys(RIGHT).sort(), [...NAMES].sort());
});

for (const name of NAMES) {
  test(`${name}: each wrong value is a 400 that names it, says what is allowed, and nothing of our inside`, async (context) => {
    const server = await open(context);
    for (const value of [...NEVER_RIGHT, ...WRONG[name]]) {
      server.clock.advance(1_000);
      const answer = await get(server, `?${name}=${value}`, bearer(server.pro));
      const what = `${name}=${value.slice(0, 80)}`;
      assert.equal(answer.status, 400, what);
      const { code, message, details } = errorOf(answer);
      assert.equal(code, 'invalid_parameter', what);
      assert.equal(details?.length, 1, what);
      assert.equal(details[0]?.parameter, name, what);
      assert.ok(details[0].reason.length > 5, what);
      assert.ok(message.startsWith(`${name}: `), what);
      assert.ok(answer.body.length < 2_000, what);
      assert.equal(tells(answer.body.toString()), undefined, what);
      assert.equal(answer.headers.etag, undefined, what);
      assert.equal(answer.headers.link, undefined, what);
    }
  });

  test(`${name}: each right value is taken`, async (context) => {
    const server = await open(context);
    for (const value of RIGHT[name]) {
      server.clock.advance(1_000);
      const answer = await get(server, `?${name}=${value}`, bearer(server.pro));
      assert.equal(answer.status, 200, `${name}=${value}`);
    }
  });

  test(`${name}: given twice, given empty or spelt otherwise it is a 400`, async (context) => {
    const server = await open(context);
    const value = RIGHT[name][0] ?? 'x';
    for (const [query, parameter, reason] of [
      [`?${name}=${value}&${name}=${value}`, name, /more than once/],
      [`?${name}=${value}&limit=5&${name}=`, name, /more than once/],
      [`?${name}=`, name, /empty/],
      [`?${name}`, name, /empty/],
      [`?${name}[]=${value}`, `${name}[]`, /no such parameter/],
      [`?${name}[0]=${value}`, `${name}[0]`, /no such parameter/],
      [`?${name.toUpperCase()}=${value}`, name.toUpperCase(), /no such parameter; did you mean \w+\?/],
      [`?%20${name}=${value}`, ` ${name}`, /no such parameter/],
      [`?x${name}=${value}`, `x${name}`, /no such parameter/],
    ] as const) {
      if (query.includes('limit=5') && name === 'limit') continue;
      server.clock.advance(1_000);
      const answer = await get(server, query, bearer(server.pro));
      assert.equal(answer.status, 400, query);
      const problem = errorOf(answer).details?.find(
        (each) => each.parameter === parameter && reason.test(each.reason),
      );
      assert.ok(problem !== undefined, `${query}: ${answer.body.toString()}`);
    }
  });

  test(`${name}: a wrong value tells nothing to who has no Pro key`, async (context) => {
    const server = await open(context);
    const plain = {
      none: errorOf(await get(server, '')),
      free: errorOf(await get(server, '', bearer(server.free))),
    };
    for (const value of ['', ...WRONG[name].slice(0, 3), ...RIGHT[name].slice(0, 1)]) {
      server.clock.advance(60_000);
      const query = `?${name}=${value}`;
      const [none, free] = [await get(server, query), await get(server, query, bearer(server.free))];
      assert.deepEqual([none.status, free.status], [401, 403], query);
      assert.deepEqual({ ...errorOf(none), request_id: '' }, { ...plain.none, request_id: '' });
      assert.deepEqual({ ...errorOf(free), request_id: '' }, { ...plain.free, request_id: '' });
    }
  });
}

test('names that objects have by themselves are parameters that do not exist', async (context) => {
  const server = await open(context);
  for (const name of [
    '__proto__',
    'constructor',
    'prototype',
    'hasOwnProperty',
    'toString',
    'valueOf',
    '__defineGetter__',
  ]) {
    for (const query of [`?${name}=x`, `?${name}[type]=x`, `?${name}.type=x`, `?${name}`]) {
      const answer = await get(server, query, bearer(server.pro));
      assert.equal(answer.status, 400, query);
      assert.match(errorOf(answer).details?.[0]?.reason ?? '', /no such parameter/);
    }
  }
  assert.equal(({} as Record<string, unknown>).type, undefined);
});

test('parameters of sibling endpoints and of other services are refused, never ignored', async (context) => {
  const server = await open(context);
  for (const query of [
    '?offset=0',
    '?page=2',
    '?sort=modified',
    '?order=desc',
    '?q=x',
    '?until=2026-01-01',
    '?category=x',
    '?types=ipv4',
    '?match[type]=ipv4',
    '?added_after=2026-01-01',
    '?next=x',
    '?api_key=x',
    '?key=x',
    '?token=x',
    '?callback=x',
    '?_=1',
    '?utm_source=x',
  ]) {
    const answer = await get(server, query, bearer(server.pro));
    assert.equal(answer.status, 400, query);
    assert.match(errorOf(answer).message, /no such parameter/);
  }
});

test('a question mark alone and separators alone ask for nothing', async (context) => {
  const server = await open(context);
  const plain = await get(server, '', bearer(server.pro));
  for (const query of ['?', '?&', '?&&&']) {
    const answer = await get(server, query, bearer(server.pro));
    assert.equal(answer.status, 200, query);
    assert.equal(answer.headers.etag, plain.headers.etag);
  }
});

test('the order of parameters, and of the members of a list, changes nothing', async (context) => {
  const server = await open(context);
  const tags = new Set<string>();
  for (const query of [
    '?type=ipv6,ipv4&confidence=medium,high&limit=2',
    '?limit=2&confidence=high,medium&type=ipv4,ipv6',
    '?confidence=high,medium&type=ipv6,ipv4,ipv6&limit=2',
    '?type=ipv4%2Cipv6&limit=2&confidence=medium%2Chigh',
  ]) {
    const answer = await get(server, query, bearer(server.pro));
    assert.equal(indicatorsOf(answer).length, 2);
    tags.add(answer.headers.etag!);
  }
  assert.equal(tags.size, 1);
});

test('several wrong parameters are all told, in the order in which they were given', async (context) => {
  const server = await open(context);
  const query = NAMES.map((name) => `${name}=${WRONG[name][0]}`).join('&');
  const { details, message } = errorOf(await get(server, `?${query}`, bearer(server.pro)));
  assert.deepEqual(
    details?.map(({ parameter }) => parameter),
    NAMES,
  );
  assert.match(message, new RegExp(`\\(and ${NAMES.length - 1} more, see details\\)$`));
});

test('no malformed request of any kind is told of our inside', async (context) => {
  const server = await open(context);
  const targets = [
    PATH,
    `${PATH}/x`,
    '//',
    '/api',
    '/%zz',
    '/api/v1/%',
    `${PATH}?%zz=%zz`,
    `/${'a'.repeat(9_000)}`,
  ];
  const headers: Record<string, string>[] = [
    {},
    bearer(server.pro),
    bearer('x'),
    { authorization: 'Negotiate abc' },
    { ...bearer(server.pro), accept: 'x/y' },
    { ...bearer(server.pro), 'accept-encoding': '*;q=0' },
    { ...bearer(server.pro), 'if-none-match': '"' },
    { ...bearer(server.pro), range: 'bytes=0-1' },
    { ...bearer(server.pro), 'content-type': 'application/json' },
  ];
  for (const url of targets) {
    for (const method of ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'] as const) {
      for (const each of headers) {
        const {
          statusCode,
          payload,
          headers: sent,
        } = await server.app.inject({ method, url, headers: each });
        assert.notEqual(statusCode, 500, `${method} ${url}`);
        assert.equal(tells(payload), undefined, `${method} ${url.slice(0, 60)}`);
        assert.equal(sent.server, undefined);
        assert.equal(sent['x-powered-by'], undefined);
      }
    }
  }
});

test('a parameter that is no UTF-8 is refused by its name on every route that has parameters', async (context) => {
  const server = await open(context);
  const document = await documentOf(server);
  const base = `http://127.0.0.1:${await server.listen()}`;
  await makeAccount(server, 'soc');
  const browser = await signIn(server, 'soc');
  const made = await browser.send('POST', '/api/v1/keys', { name: 'x' });
  const { id } = json<{ id: string }>(made, 201);
  let asked = 0;
  for (const [path, method, { parameters = [], security }] of operationsOf(document)) {
    const names = parameters.map((each) => parameterOf(document, each)).filter((each) => each.in === 'query');
    const url = path
      .replace('{collection}', 'all')
      .replace('{id}', id)
      .replace('{object}', `indicator--${id}`);
    const headers = security.some((way) => 'session' in way)
      ? { cookie: browser.cookie }
      : bearer(server.pro);
    for (const { name } of names) {
      const octets = ['%ff', 'a%C3', '%ED%A0%80', '%c0%af'][asked % 4]!;
      const answer = await fetch(`${base}${url}?${name}=${octets}`, { method, headers });
      assert.equal(answer.status, 400, `${method} ${url}?${name}=${octets}`);
      const text = await answer.text();
      if (method === 'get') assert.ok(text.includes(`${name}: is not UTF-8`), text);
      asked += 1;
    }
  }
  assert.ok(asked > 300, String(asked));
});

test('a name that is no UTF-8 is refused too, and not what only looks as if it were none', () => {
  assert.throws(() => queryPairs('type=ipv4&%fftype=x&b=%E2%82'), {
    problems: ['\ufffdtype', 'b'].map((parameter) => ({
      parameter,
      reason: 'is not UTF-8: percent-encode the octets of its UTF-8 form',
    })),
  });
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      fc.pre(text.isWellFormed());
      assert.deepEqual(queryPairs(`q=${encodeURIComponent(text)}`), [['q', text]]);
    }),
  );
  for (const text of ['%', '%f', '%zz', '100%', '%EF%BF%BD', '%+%25ff', '%%C3%A9'])
    assert.deepEqual(queryPairs(`q=${text}`), [...new URLSearchParams(`q=${text}`)]);
});
