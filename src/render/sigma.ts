import { stringify } from 'yaml';
import { CONFIDENCE_LEVEL_NAMES, type ConfidenceLevel } from '../model/confidence.ts';
import type { IocItem } from '../model/ioc-item.ts';
import type { IocType } from '../model/ioc.ts';
import { stricterTlp, type Tlp } from '../model/marking.ts';
import { formatTimestamp } from '../model/time.ts';
import { uuidBytes, uuidV5 } from '../model/uuid.ts';
import { isInNormalForm, isNetwork } from './admission.ts';
import type { ExportFormat, ExportSetting, ItemWriter } from './format.ts';
import { TYPE_NOUNS } from './words.ts';

/** Where a type's values show in logs (Sigma taxonomy appendix), and how one of them is asked for. */
interface LogField {
  readonly logsource: Readonly<Record<string, string>>;
  readonly field: string;
  /** For networks, where the type has them. */
  readonly networkField?: string;
  readonly prefix?: string;
}

const FILES = { category: 'process_creation', product: 'windows' };
const FIREWALL = { category: 'firewall' };

/** The types with a log field; techniques and vulnerabilities show in none. */
const LOG_FIELDS: Partial<Record<IocType, LogField>> = {
  ipv4: { logsource: FIREWALL, field: 'dst_ip', networkField: 'dst_ip|cidr' },
  ipv6: { logsource: FIREWALL, field: 'dst_ip', networkField: 'dst_ip|cidr' },
  domain: { logsource: { category: 'dns' }, field: 'query' },
  url: { logsource: { category: 'proxy' }, field: 'c-uri' },
  md5: { logsource: FILES, field: 'Hashes|contains', prefix: 'MD5=' },
  sha1: { logsource: FILES, field: 'Hashes|contains', prefix: 'SHA1=' },
  sha256: { logsource: FILES, field: 'Hashes|contains', prefix: 'SHA256=' },
  email: {
    logsource: {
      category: 'email',
      definition: 'Mail logs with the address of the sender in the field sender',
    },
    field: 'sender',
  },
};

/**
 * Sigma rules as YAML documents, one for each type that has values, in the order of types
 * (https://github.com/SigmaHQ/sigma-specification, Sigma Rules Specification 2.1). Ids are derived from the export's name and the
 * type, so that the same export updates the same rules. Every value stands whole: nothing is cut or searched for in part.
 */
export const sigma: ExportFormat = {
  name: 'sigma',
  label: 'Sigma rules',
  mediaType: 'application/yaml; charset=utf-8',
  fileExtension: 'yml',
  tier: 'pro',
  types: Object.keys(LOG_FIELDS) as IocType[],
  tellsRevoked: false,
  open: (setting) => new SigmaWriter(setting),
};

interface Gathered {
  readonly values: string[];
  readonly networks: string[];
  level: ConfidenceLevel;
  tlp: Tlp;
}

class SigmaWriter implements ItemWriter {
  readonly #setting: ExportSetting;
  readonly #byType = new Map<IocType, Gathered>();

  constructor(setting: ExportSetting) {
    this.#setting = setting;
  }

  begin(): string {
    return '';
  }

  item(item: IocItem): string | undefined {
    const { type, value, level, tlp } = item;
    const { networkField, prefix } = LOG_FIELDS[type]!;
    const isRange = networkField !== undefined && isNetwork(value);
    // A converter takes no rule with a malformed network, and a piece of a hash is in many.
    if ((isRange || prefix !== undefined) && !isInNormalForm(item)) return undefined;
    const gathered = this.#byType.get(type) ?? { values: [], networks: [], level, tlp };
    this.#byType.set(type, gathered);
    (isRange ? gathered.networks : gathered.values).push(value);
    if (CONFIDENCE_LEVEL_NAMES.indexOf(level) < CONFIDENCE_LEVEL_NAMES.indexOf(gathered.level))
      gathered.level = level;
    gathered.tlp = stricterTlp(gathered.tlp, tlp);
    return '';
  }

  end(): string {
    return sigma.types
      .flatMap((type) => {
        const gathered = this.#byType.get(type);
        return gathered === undefined ? [] : `---\n${yaml(ruleOf(type, gathered, this.#setting))}`;
      })
      .join('');
  }
}

/** What YAML's streams may not hold (YAML 1.2.2 §5.1), or what YAML 1.1 takes for a line break, and the library leaves as it is. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * Quoted strings throughout, so that readers of YAML 1.1 take none for a number, a date or a boolean, and any character can
 * be escaped: one that is not printable makes a reader refuse all rules.
 */
function yaml(rule: object): string {
  const text = stringify(rule, {
    lineWidth: 0,
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    aliasDuplicateObjects: false,
  });
  return text.replaceAll(UNPRINTABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function ruleOf(type: IocType, gathered: Gathered, { producer, name, lastModified }: ExportSetting): object {
  const day = formatTimestamp(lastModified).slice(0, 10);
  const { logsource } = LOG_FIELDS[type]!;
  return {
    title: `${producer.name}: contact with a malicious ${TYPE_NOUNS[type]}`,
    id: uuidV5(uuidBytes(producer.uuid), `sigma:${name}:${type}`),
    status: 'stable',
    description: `One of the values of type ${type} that ${producer.name} publishes was seen.`,
    author: producer.name,
    date: day,
    tags: [`tlp.${gathered.tlp.replace('+', '-')}`],
    logsource,
    detection: detectionOf(LOG_FIELDS[type]!, gathered),
    falsepositives: ['Values that have changed hands since they were reported'],
    level: gathered.level,
  };
}

function detectionOf({ field, networkField, prefix = '' }: LogField, { values, networks }: Gathered): object {
  const selections: Record<string, object> = {};
  if (values.length > 0)
    selections.selection_values = { [field]: values.map((value) => prefix + escapeSigma(value)) };
  if (networks.length > 0) selections.selection_networks = { [networkField ?? field]: networks };
  return { ...selections, condition: '1 of selection_*' };
}

/** Wildcards and the backslash stand for themselves after a backslash (Sigma Rules Specification, Escaping). */
function escapeSigma(value: string): string {
  return value.replaceAll(/[\\*?]/g, String.raw`\$&`);
}
