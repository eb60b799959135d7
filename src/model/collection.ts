import type { ConfidenceLevel } from './confidence.ts';
import type { IndicatorQuery } from './indicator-query.ts';
import type { IocType } from './ioc.ts';
import type { Tlp } from './marking.ts';
import { SECTORS, type Sector } from './sector.ts';

/** A saved filter that is served under a name of its own, as a TAXII collection (TAXII 2.1 §5.2). */
export interface Collection {
  /** A UUID of version 4, the same for good: consumers store it. */
  readonly id: string;
  /** What may stand in a URL in place of the id. */
  readonly alias: string;
  /** Without dots: some consumers split it at one. */
  readonly title: string;
  readonly description: string;
  readonly filter: CollectionFilter;
  /** Set on the one that partners may contribute to. */
  readonly takes?: true;
}

/** Which indicators a collection holds; an empty list means any. */
export interface CollectionFilter {
  readonly types: readonly IocType[];
  readonly levels: readonly ConfidenceLevel[];
  readonly sectors: readonly Sector[];
  readonly tlps: readonly Tlp[];
}

/** The filter that lets everything through. */
export const NO_FILTER: CollectionFilter = { types: [], levels: [], sectors: [], tlps: [] };

/** A collection's part of an `IndicatorQuery`. */
export function queryOf({
  types,
  levels,
  sectors,
  tlps,
}: CollectionFilter): Pick<IndicatorQuery, 'types' | 'levels' | 'sectors' | 'tlps'> {
  return { types, levels, sectors, ...(tlps.length > 0 && { tlps }) };
}

/** What decides whether a version of an indicator is in a collection. */
export interface Filed {
  readonly type: IocType;
  readonly level: ConfidenceLevel;
  readonly tlp: Tlp;
  readonly sectors: readonly Sector[];
}

/** Whether a collection of this filter holds such a version. */
export function holds(filter: CollectionFilter, version: Filed): boolean {
  const admits = <T>(asked: readonly T[], own: T): boolean => asked.length === 0 || asked.includes(own);
  return (
    admits(filter.types, version.type) &&
    admits(filter.levels, version.level) &&
    admits(filter.tlps, version.tlp) &&
    (filter.sectors.length === 0 || version.sectors.some((sector) => filter.sectors.includes(sector)))
  );
}

function collection(
  id: string,
  alias: string,
  title: string,
  description: string,
  filter: Partial<CollectionFilter>,
): Collection {
  return { id, alias, title, description, filter: { ...NO_FILTER, ...filter } };
}

/** A UUID is never given to another sector, and never changed. */
const SECTOR_IDS: Readonly<Record<Sector, string>> = {
  chemical: '32dcb883-b10a-4018-bda2-54913a7f97cd',
  'commercial-facilities': '2ac78961-744e-4a87-b155-1c351f1092f1',
  communications: 'def7c171-0704-442c-97d9-6e149d9cbfb4',
  'critical-manufacturing': '6f7f9f5f-65d5-4998-a3c9-b008db596acd',
  dams: '5885f34e-ba90-492b-86da-a62bd0617563',
  'defense-industrial-base': '95ae4738-6171-4711-8a62-c46a33adb2c9',
  'emergency-services': 'e990fca2-3459-43bb-a88a-e7ed7c213cf1',
  energy: '630168fc-f35c-4fad-9926-dac84876284b',
  'financial-services': '7ac36db3-f838-4851-bce2-8bd252a26b52',
  'food-and-agriculture': '261dc101-9103-4239-a80d-f6cf299ba8ce',
  government: '42a1a668-610a-4b3d-8f5b-0c9873b81e90',
  healthcare: 'b5a6e8d2-e1c0-491a-b3b4-2084dbec8ee5',
  'information-technology': '432f4aaa-4bb5-4757-9ef2-7dd38faeb68e',
  nuclear: '8c440b1c-58dd-4233-8fb7-d32625f77084',
  transportation: '8fa1c3fe-e376-4689-bf04-c7f8c9c4a456',
  water: '1535d986-6ac1-4ed2-a358-619b9cbc85f6',
};

function sectorTitle(sector: Sector): string {
  const words = sector.replaceAll('-', ' ');
  return `Sector ${words}`;
}

/** The collections that every server has, in the order in which it lists them. */
export const COLLECTIONS: readonly Collection[] = [
  {
    ...collection(
      '627795c0-1220-4415-8b71-759d8cc0a614',
      'all',
      'All indicators',
      'Every indicator of every type.',
      {},
    ),
    takes: true,
  },
  collection(
    'b7f1b54b-4243-419a-81e2-5d30d28f3650',
    'network',
    'Network addresses',
    'IPv4 and IPv6 addresses and networks.',
    { types: ['ipv4', 'ipv6'] },
  ),
  collection(
    '809f8e3a-8e51-4b6d-9bd5-7c8105d88ec5',
    'files',
    'File hashes',
    'MD5, SHA-1 and SHA-256 hashes of files.',
    { types: ['md5', 'sha1', 'sha256'] },
  ),
  collection(
    '90bbb008-549c-4c24-b7eb-cfb8ec495f19',
    'domains-urls',
    'Domains and URLs',
    'Domain names and URLs.',
    { types: ['domain', 'url'] },
  ),
  collection('d028792e-190e-4b43-892d-0bbd84e248ed', 'email', 'Email addresses', 'E-mail addresses.', {
    types: ['email'],
  }),
  collection(
    'a405cefd-34ea-44d6-bbec-ffded6cd84d1',
    'vulnerabilities',
    'Vulnerabilities',
    'CVEs that sources report as exploited or of interest.',
    { types: ['cve'] },
  ),
  collection(
    '8461f41f-7faf-41d5-92d2-fae56904b80c',
    'techniques',
    'Techniques',
    'Techniques and tactics of ATT&CK.',
    { types: ['mitre-attack'] },
  ),
  ...SECTORS.map((sector) =>
    collection(
      SECTOR_IDS[sector],
      `sector-${sector}`,
      sectorTitle(sector),
      `What concerns the CISA sector ${sector}.`,
      { sectors: [sector] },
    ),
  ),
  collection(
    '2c47de88-f49e-4134-a1b4-c00a2559f220',
    'confidence-high',
    'High confidence',
    'Indicators of a confidence from 70 to 100.',
    { levels: ['high'] },
  ),
  collection(
    '9ab135f4-3957-48ea-b196-6c1f4e8dd21e',
    'confidence-medium',
    'Medium confidence',
    'Indicators of a confidence from 30 to 69.',
    { levels: ['medium'] },
  ),
  collection(
    'be930db5-1d00-46b1-af9e-4d82533811fa',
    'confidence-low',
    'Low confidence',
    'Indicators of a confidence from 1 to 29.',
    { levels: ['low'] },
  ),
  collection(
    '650990b0-a471-4221-80a1-348e88bdaa5a',
    'tlp-clear',
    'TLP clear',
    'Indicators that may be passed on to anybody.',
    { tlps: ['clear'] },
  ),
  collection(
    'd93958b4-7afc-4ab7-b036-a34172a22806',
    'tlp-green',
    'TLP green',
    'Indicators that may be passed on within the community.',
    { tlps: ['green'] },
  ),
  collection(
    'ae50990e-e2f2-4b36-b160-da18a489aa42',
    'tlp-amber',
    'TLP amber',
    'Indicators for the organisation and, unless strict, its clients.',
    { tlps: ['amber', 'amber+strict'] },
  ),
  collection(
    '1961f47a-902b-43ef-9df2-d3ac41ba2ef3',
    'tlp-red',
    'TLP red',
    'Indicators for the recipients alone.',
    { tlps: ['red'] },
  ),
];
