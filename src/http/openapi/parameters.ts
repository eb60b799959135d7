import type { Parameter } from '../../model/parameters.ts';
import { TIERS } from '../../model/tier.ts';
import type { Operation } from '../operation.ts';
import type { Components } from './components.ts';

/** References to all parameters of an operation: of its path, its query and its headers. */
export function parametersOf(operation: Operation, components: Components): object[] {
  const { id, path = {}, query = {}, requestHeaders = {} } = operation;
  return [
    ...Object.entries(path).map(([name, description]) => ({
      name,
      in: 'path',
      required: true,
      description,
      schema: { type: 'string' },
    })),
    ...Object.entries(query).map(([name, parameter]) => queryParameter(name, parameter)),
    ...Object.entries(requestHeaders).map(([name, description]) => ({
      name,
      in: 'header',
      description,
      schema: { type: 'string' },
    })),
  ].map((parameter) => components.refer('parameters', parameter.name, parameter, id));
}

function queryParameter(name: string, parameter: Parameter<unknown, never>) {
  const { doc, example, required } = parameter;
  // What is allowed depends on the tier, in its limits: the widest are told here.
  const allowed = (parameter as Parameter<unknown>).allowed({ tier: TIERS.pro, now: 0 });
  const schema = parameter.schema ?? { type: 'string', ...(Array.isArray(allowed) && { enum: allowed }) };
  return {
    name,
    in: 'query',
    description: typeof allowed === 'string' ? `${doc} What may be given: ${allowed}.` : doc,
    ...(required === true && { required }),
    schema,
    ...(schema.type === 'array' && { style: 'form', explode: false }),
    ...(example !== undefined && { example: schema.type === 'array' ? example.split(',') : example }),
  };
}
