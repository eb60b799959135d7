import { LIST_PARAMETERS } from '../../model/list-parameters.ts';
import type { Parameter } from '../../model/parameters.ts';
import { SOC_DEFENDERS } from '../../model/producer.ts';
import { choice } from '../../model/query-parameters.ts';
import type { ExportFormat } from '../../render/format.ts';
import type { AnswerDescription, Operation } from '../operation.ts';
import { EXAMPLE_ITEMS } from '../schemas/item.ts';
import { PAGE_REQUEST_HEADERS, pageAnswers } from '../schemas/page-answers.ts';

/** What an export path offers. */
export interface ExportOffer {
  /** Its name in the path. */
  readonly name: string;
  readonly formats: readonly ExportFormat[];
  readonly parameter: 'format' | 'profile';
  /** Whether `parameter` must be given; else the first format holds without it. */
  readonly required: boolean;
}

/** The operation of a path of exports. */
export function exportOperation(offer: ExportOffer): Operation {
  const { name, formats, required } = offer;
  const labels = formats.map(({ label }) => label);
  return {
    id: `export${name.slice(0, 1).toUpperCase()}${name.slice(1)}`,
    tag: 'Exports',
    summary: required ? `Lists for a ${name}` : labels[0]!,
    description: `${labels.length > 1 ? `${labels.join('; ')}. ` : ''}IOCs of types that a format cannot express are left out.`,
    query: exportParameters(offer),
    requestHeaders: PAGE_REQUEST_HEADERS,
    answers: pageAnswers(contentsOf(formats)),
    errors: ['not_acceptable'],
  };
}

/** Every parameter of a path of exports. */
export function exportParameters({
  formats,
  parameter,
  required,
}: ExportOffer): Readonly<Record<string, Parameter<unknown, never>>> {
  const { format: _format, ...filters } = LIST_PARAMETERS;
  const names = formats.map(({ name }) => name);
  const chosen = required
    ? { ...choice(names, 'Which consumer the list is for.'), example: names[0]!, required }
    : choice(names, 'Which format it is written in.', names[0]);
  return { ...filters, [parameter]: chosen };
}

function contentsOf(formats: readonly ExportFormat[]): AnswerDescription[] {
  const byType = Map.groupBy(formats, ({ mediaType }) => mediaType.replace(/;.*$/, ''));
  return [...byType].map(([mediaType, own]) => ({
    status: 200,
    description: 'A page of the export.',
    mediaType,
    schema: mediaType === 'application/json' ? { type: 'object' } : { type: 'string' },
    examples: Object.fromEntries(own.map((format) => [format.name, exampleOf(format)])),
    headers: { 'Content-Disposition': 'A browser saves it.' },
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
