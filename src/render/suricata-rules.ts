import type { IocItem } from '../model/ioc-item.ts';
import { isInNormalForm } from './admission.ts';
import type { ExportFormat, ItemWriter } from './format.ts';
import { TYPE_NOUNS } from './words.ts';

/**
 * Rule numbers are 32 bits wide; these are far above all that rule sets in use have (Suricata user guide, sid). An IOC's number
 * follows from its id; of two with the same number in one export the later takes the next free one.
 */
const FIRST_SID = 3_000_000_000;
const SIDS = 1_000_000_000;

/** The longest `content` of versions in use. */
const LONGEST_CONTENT = 255;

/**
 * Suricata 7 rules, one for each address, domain, and URL that is seen in clear
 * (https://docs.suricata.io/en/latest/rules/). Domains and URLs are matched whole, by `bsize`: a rule that cannot match all of a
 * value is not written. So URLs of https are left out, as their path is encrypted and their host alone would report every visitor
 * of a site; and so are those with a fragment or credentials, which no request line has.
 */
export const suricataRules: ExportFormat = {
  name: 'suricata',
  label: 'Suricata rules',
  mediaType: 'text/plain; charset=utf-8',
  fileExtension: 'rules',
  tier: 'pro',
  types: ['ipv4', 'ipv6', 'domain', 'url'],
  tellsRevoked: false,
  open: () => new RuleWriter(),
};

class RuleWriter implements ItemWriter {
  readonly #taken = new Set<number>();

  begin(): string {
    return '';
  }

  item(item: IocItem): string | undefined {
    const match = isInNormalForm(item) ? matchOf(item) : undefined;
    if (match === undefined) return undefined;
    const { header, options } = match;
    const all = [
      `msg:"SOC Defenders: malicious ${TYPE_NOUNS[item.type]}"`,
      ...options,
      'classtype:trojan-activity',
      `metadata:confidence ${item.level}, ioc_id ${item.id.replace(/[^\w-]/g, '')}`,
      `sid:${this.#sid(item.id)}`,
      `rev:${Math.max(1, Math.floor(item.modified / 1000))}`,
    ];
    return `alert ${header} (${all.join('; ')};)\n`;
  }

  end(): string {
    return '';
  }

  #sid(id: string): number {
    const hex = /[0-9a-f]{8}/.exec(id)?.[0] ?? '0';
    let offset = Number.parseInt(hex, 16) % SIDS;
    while (this.#taken.has(offset)) offset = (offset + 1) % SIDS;
    this.#taken.add(offset);
    return FIRST_SID + offset;
  }
}

interface Match {
  readonly header: string;
  readonly options: readonly string[];
}

function matchOf({ type, value }: IocItem): Match | undefined {
  if (type === 'url') return urlMatch(value);
  if (type === 'domain') {
    const options = ['dns.query', ...whole(value), 'nocase'];
    return { header: 'dns $HOME_NET any -> any any', options };
  }
  return { header: `ip $HOME_NET any -> ${value} any`, options: [] };
}

const CLEAR_URL = /^http:\/\/(?:[a-z0-9_.-]+|\[[0-9a-f:]+\])(?::(\d{1,5}))?(\/[^#]*)$/;

function urlMatch(url: string): Match | undefined {
  const [, port = 'any', path = ''] = CLEAR_URL.exec(url) ?? [];
  const host = /^http:\/\/([^/:[\]]+|\[[^\]]+\])/.exec(url)?.[1] ?? '';
  if (path === '' || path.length > LONGEST_CONTENT || host.length > LONGEST_CONTENT) return undefined;
  return {
    header: `http $HOME_NET any -> any ${port}`,
    options: ['flow:established,to_server', 'http.host', ...whole(host), 'http.uri.raw', ...whole(path)],
  };
}

/** Matches a buffer that is exactly `text`. */
function whole(text: string): string[] {
  return [`content:"${contentOf(text)}"`, `bsize:${Buffer.byteLength(text)}`];
}

/** All but letters, digits and a few harmless signs as hexadecimal between bars (user guide, content). */
function contentOf(text: string): string {
  return text.replaceAll(
    /[^a-zA-Z0-9._/=&?%-]+/g,
    (run) =>
      `|${Buffer.from(run)
        .toString('hex')
        .replaceAll(/..(?=.)/g, '$& ')}|`,
  );
}
