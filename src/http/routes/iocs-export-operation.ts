import { LIST_PARAMETERS } from '../../model/list-parameters.ts';
import type { Parameter } from '../../model/parameters.ts';
import { SOC_DEFENDERS } from '../../model/producer.ts';
import { choice } from '../../model/query-parameters.ts';
import type { ExportFormat } from '../../render/format.ts';
import type { AnswerDescription, Operation } from '../operation.ts';
import { EXAMPLE_ITEMS } from '../schemas/item.ts';
import { PAGE_REQUEST_HEADERS, pageAnswers, SAVED } from '../schemas/page-answers.ts';
import { typeParameter } from '../schemas/types-of-formats.ts';

/** What an export path offers. */
export interface ExportOffer {
  /** Its name in the path. */
  readonly name: string;
  /** The first holds where none is asked for. */
  readonly formats: readonly ExportFormat[];
}

/** The operation of a path of exports. */
export function exportOperation(offer: ExportOffer): Operation {
  const { name, formats } = offer;
  const labels = formats.map(({ label }) => label);
  return {
    id: `export${name.slice(0, 1).toUpperCase()}${name.slice(1)}`,
    tag: 'Exports',
    summary: labels[0]!,
    ...(labels.length > 1 && { description: `${labels.join('; ')}.` }),
    query: exportParameters(offer),
    requestHeaders: PAGE_REQUEST_HEADERS,
    answers: pageAnswers(contentsOf(formats)),
    errors: ['not_acceptable'],
  };
}

/** Every parameter of a path of exports. */
export function exportParameters({
  formats,
}: ExportOffer): Readonly<Record<string, Parameter<unknown, never>>> {
  const names = formats.map(({ name }) => name);
  return {
    ...LIST_PARAMETERS,
    type: typeParameter(formats),
    format: choice(names, 'Which format it is written in.', names[0]),
  };
}

function contentsOf(formats: readonly ExportFormat[]): AnswerDescription[] {
  const byType = Map.groupBy(formats, ({ mediaType }) => mediaType.replace(/;.*$/, ''));
  return [...byType].map(([mediaType, own]) => ({
    status: 200,
    description: 'A page of the export.',
    mediaType,
    schema: mediaType === 'application/json' ? { type: 'object' } : { type: 'string' },
    examples: Object.fromEntries(own.map((format) => [format.name, exampleOf(format)])),
    headers: SAVED,
  }));
}

/** An export of examples: as text, or as the JSON value that the text is. */
function exampleOf(format: ExportFormat): unknown {
  const lastModified = EXAMPLE_ITEMS[0]!.modified;
  const writer = format.open({ producer: SOC_DEFENDERS, name: 'example', lastModified });
  const items = EXAMPLE_ITEMS.filter(({ type }) => format.types.includes(type)).slice(0, 2);
  const text = [writer.begin(), ...items.map((item) => writer.item(item) ?? ''), writer.end()].join('');
  return format.mediaType.startsWith('application/json') ? (JSON.parse(text) as unknown) : text;
}
