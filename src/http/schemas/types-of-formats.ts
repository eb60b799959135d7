import { IOC_TYPES, type IocType } from '../../model/ioc.ts';
import type { Parameter } from '../../model/parameters.ts';
import { FILTER_PARAMETERS } from '../../model/query-parameters.ts';

interface Typed {
  readonly name: string;
  readonly types: readonly IocType[];
}

/** The parameter `type` of a path with these formats, which need not have all types: any of theirs may be asked for. */
export function typeParameter(formats: readonly Typed[]): Parameter<readonly IocType[]> {
  const { type } = FILTER_PARAMETERS;
  const types = IOC_TYPES.filter((each) => formats.some((format) => format.types.includes(each)));
  const differ = formats.some((format) => format.types.length < types.length);
  if (types.length === IOC_TYPES.length && !differ) return type;
  const each = formats.map((format) => `${format.name} has ${format.types.join(', ')}`);
  return {
    ...type,
    doc:
      'Only IOCs of these types, comma-separated; all that the format has unless said otherwise, and one that it has not is refused.' +
      (differ ? ` Of them, ${each.join('; ')}.` : ''),
    schema: { ...type.schema, items: { type: 'string', enum: types } },
    example: formats[0]!.types[0]!,
  };
}
