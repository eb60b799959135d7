import assert from 'node:assert/strict';
import test from 'node:test';

import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

import { TAXII_OPERATIONS } from '../../src/http/taxii/operations.ts';
import type { JsonSchema, Operation } from '../../src/http/operation.ts';
import { addresses, serving } from '../http/serving.ts';
import { take } from '../store/fixtures.ts';
import { ask, collectionPath, readObjects, ROOT, taxiiBody } from './reading.ts';

const OPERATIONS: readonly (readonly [string, Operation])[] = Object.entries(TAXII_OPERATIONS);

const ajv = new Ajv2020({ strict: true });
addFormats.default(ajv);

function assertFits(schema: JsonSchema, value: unknown, what: string): void {
  const validate = ajv.compile(schema);
  assert.ok(validate(value), `${what}: ${ajv.errorsText(validate.errors)}`);
}

test('every operation has an id of its own, and examples that fit their schemas', () => {
  const ids = OPERATIONS.map(([, { id }]) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const [, { id, body, answers }] of OPERATIONS) {
    if (body !== undefined) assertFits(body.schema, body.example, `${id}: body`);
    assert.ok(answers.length > 0);
    for (const { schema, example, status } of answers) {
      // A 304 has no content.
      if (status !== 304) assertFits(schema!, example, `${id}: ${status}`);
    }
  }
});

test('what is answered fits the schemas that are documented', async (context) => {
  const here = await serving(context);
  await take(here.store, addresses(20), here.clock.now);
  const { objects } = await readObjects(here);
  const object = `${collectionPath()}objects/${objects.at(-1)!.id}/`;
  const paths: readonly (readonly [keyof typeof TAXII_OPERATIONS, string])[] = [
    ['discovery', '/api/taxii2/'],
    ['discovery', '/taxii2/'],
    ['apiRoot', ROOT],
    ['apiRoot', '/taxii2/'],
    ['collections', `${ROOT}collections/`],
    ['collection', collectionPath()],
    ['objects', `${collectionPath()}objects/?limit=10`],
    ['objects', `${collectionPath()}objects/?added_after=2030-01-01T00:00:00Z`],
    ['manifest', `${collectionPath()}manifest/?limit=10`],
    ['manifest', `${collectionPath()}manifest/?added_after=2030-01-01T00:00:00Z`],
    ['object', object],
    ['versions', `${object}versions/`],
  ];
  for (const [name, path] of paths) {
    assertFits(TAXII_OPERATIONS[name].answers[0]!.schema!, taxiiBody(await ask(here, path)), path);
  }
});
