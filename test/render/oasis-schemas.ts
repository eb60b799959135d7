import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/**
 * OASIS's own JSON schemas of STIX 2.1, read from `directory`: returns what is wrong with an object, nothing
 * when it is valid.
 */
export function oasisSchemas(directory: string): (object: unknown) => readonly string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats.default(ajv);
  const names = new Map<string, string>();
  for (const folder of ['common', 'observables', 'sdos', 'sros']) {
    for (const file of readdirSync(join(directory, folder)).filter((name) => name.endsWith('.json'))) {
      const schema = JSON.parse(readFileSync(join(directory, folder, file), 'utf8')) as { $id: string };
      ajv.addSchema(schema);
      names.set(file.replace('.json', ''), schema.$id);
    }
  }
  return (object) => {
    const { type } = object as { type: string };
    const validate: ValidateFunction | undefined = ajv.getSchema(names.get(type) ?? '');
    if (validate === undefined) return [`no schema for ${type}`];
    if (validate(object)) return [];
    return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
  };
}
