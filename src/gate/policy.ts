import type { HoldRule } from '../model/hold.ts';
import type { Warninglist } from './warninglist.ts';

/** What the gate makes of a list. */
export interface Policy {
  /**
   * `hold`: what is on it may not be published. `networks`: its single addresses may, a network of them may not.
   * `describe`: it tells something of a value and nothing against it, and is not looked at.
   */
  readonly use: 'hold' | 'networks' | 'describe';
  readonly rule: HoldRule;
  /** Why, for people. */
  readonly reason: string;
  /** Its entries are hosts, whatever its type says, and cover what lies below them, or only themselves. */
  readonly hosts?: 'below' | 'exact';
  /** Which URLs on its hosts are held: those that lead nowhere in particular, or all. */
  readonly urls: 'general' | 'every';
  /** What contains an entry is held too. */
  readonly guarded: boolean;
}

type Choice = Partial<Omit<Policy, 'reason'>> & {
  readonly lists: readonly string[];
  readonly reason: string;
};

/** A list that nobody has judged yet, or the operator's own: it holds as MISP reads it. */
const UNKNOWN: Policy = {
  use: 'hold',
  rule: 'warninglist',
  reason: 'a list that is not known here holds what is on it, as MISP matches it',
  urls: 'every',
  guarded: true,
};

const POPULAR =
  'to block one of the most visited names hits everybody; of URLs on it those to the site as such are held';

/**
 * What each list of MISP's repository is taken for. To hold a real threat is a loss, and to publish what a business
 * lives on is worse: hence an address of a cloud passes, because each has one tenant, and one of a content network does
 * not, because thousands of sites answer there.
 */
const CHOICES: readonly Choice[] = [
  {
    lists: ['well-known-sites', 'tranco10k', 'cisco_top1000', 'cisco_top5k', 'cisco_top10k', 'cisco_top20k'],
    rule: 'popular_site',
    hosts: 'below',
    guarded: true,
    reason:
      'to block one of the most visited names hits everybody; of URLs on them only those to the site as such',
  },
  {
    lists: ['alexa', 'moz-top500', 'cloudflare-top1k', 'majestic_million', 'dax30', 'google', 'microsoft'],
    rule: 'popular_site',
    hosts: 'below',
    reason: POPULAR,
  },
  {
    lists: ['tranco', 'google-chrome-crux-1million'],
    use: 'describe',
    reason: 'a million names reach down to sites that are broken into, and to attackers’ own',
  },
  {
    lists: ['microsoft-office365', 'microsoft-win10-connection-endpoints', 'microsoft-office365-cn'],
    rule: 'warninglist',
    hosts: 'below',
    guarded: true,
    reason: 'workplaces stop without them',
  },
  {
    lists: ['captive-portals'],
    rule: 'warninglist',
    hosts: 'below',
    guarded: true,
    reason: 'asked by every device; large sites are among them, so URLs on them pass',
  },
  {
    lists: ['crl-hostname', 'umbrella-blockpage-hostname'],
    rule: 'warninglist',
    hosts: 'below',
    urls: 'every',
    guarded: true,
    reason: 'asked by every device; nobody else can put anything there',
  },
  {
    lists: ['bank-website', 'university_domains', 'covid', 'covid-19-krassi-whitelist', 'digitalside'],
    rule: 'warninglist',
    hosts: 'below',
    reason: 'real institutions; pages on them are broken into at times, so URLs pass',
  },
  {
    lists: ['covid-19-cyber-threat-coalition-whitelist'],
    rule: 'warninglist',
    hosts: 'below',
    reason: 'real institutions',
  },
  {
    lists: ['parking-domain-ns'],
    use: 'describe',
    reason: 'name servers of parked domains, misspelt ones of attackers among them: no business needs one',
  },
  {
    lists: ['security-provider-blogpost', 'automated-malware-analysis', 'findip-host', 'whats-my-ip'],
    rule: 'warninglist',
    hosts: 'below',
    urls: 'every',
    reason:
      'named in reports as sources or as tools; matched as hosts, so that `virustotal.com.example.net` is no way past',
  },
  {
    lists: ['microsoft-attack-simulator'],
    rule: 'warninglist',
    hosts: 'below',
    urls: 'every',
    reason: 'exercises, not attacks',
  },
  {
    lists: ['url-shortener', 'link-in-bio', 'public-ipfs-gateways', 'lots-project', 'dynamic-dns'],
    rule: 'shared_host',
    hosts: 'exact',
    reason:
      'many parties share the host: a URL on it, or a name below it, may be malicious; the host itself is not',
  },
  {
    lists: ['second-level-tlds', 'tlds'],
    rule: 'shared_host',
    hosts: 'exact',
    reason: 'public suffixes: many parties have names below them',
  },
  {
    lists: ['public-dns-v4', 'public-dns-v6'],
    rule: 'public_resolver',
    reason: 'resolvers that people use; as there are 60,000, a network that contains one is not held for it',
  },
  { lists: ['public-dns-hostname'], use: 'describe', reason: 'names of customers’ lines: 35,000 of 2024' },
  {
    lists: ['cloudflare', 'fastly'],
    rule: 'cloud_range',
    guarded: true,
    reason: 'thousands of sites answer at one address; what contains them is held too',
  },
  {
    lists: ['akamai', 'stackpath', 'ovh-cluster', 'parking-domain'],
    rule: 'cloud_range',
    reason: 'thousands of sites answer at one address',
  },
  {
    lists: ['google-gmail-sending-ips', 'smtp-sending-ips', 'smtp-receiving-ips', 'microsoft-office365-ip'],
    rule: 'cloud_range',
    guarded: true,
    reason: 'mail and office of many businesses come from there',
  },
  {
    lists: ['apple', 'telegram-ips', 'wikimedia', 'zscaler', 'crl-ip'],
    rule: 'cloud_range',
    guarded: true,
    reason: 'one provider’s servers, which all its users talk to',
  },
  {
    lists: ['googlebot', 'openai-gptbot', 'umbrella-blockpage-v4', 'umbrella-blockpage-v6'],
    rule: 'warninglist',
    reason: 'crawlers and block pages, seen in logs and reported as attacks',
  },
  {
    lists: [
      'amazon-aws',
      'google-gcp',
      'microsoft-azure',
      'microsoft-azure-china',
      'microsoft-azure-germany',
    ],
    use: 'networks',
    rule: 'cloud_range',
    reason: 'attackers rent there: each address has one tenant, a network has many',
  },
  {
    lists: ['github', 'microsoft-azure-us-gov', 'oracle-oci', 'digitalocean'],
    use: 'networks',
    rule: 'cloud_range',
    reason: 'each address has one tenant; most of the list of GitHub is Azure, where its runners are',
  },
  {
    lists: ['common-ioc-false-positive', 'empty-hashes', 'eicar.com', 'nioc-filehash', 'ti-falsepositives'],
    rule: 'known_hash',
    reason: 'files that everybody has',
  },
  {
    lists: ['windows-binary-hashes', 'mozilla-CA', 'mozilla-IntermediateCA'],
    rule: 'known_hash',
    reason: 'files and certificates that everybody has',
  },
  {
    lists: ['common-contact-emails'],
    rule: 'warninglist',
    reason: 'where one reports abuse: RFC 2142',
  },
  {
    lists: ['rfc1918', 'rfc3849', 'rfc5735', 'rfc6598', 'rfc6761', 'ipv6-linklocal', 'multicast'],
    use: 'describe',
    reason: 'special use, which the gate’s own table has more completely',
  },
  {
    lists: ['disposable-email'],
    use: 'describe',
    reason: 'mailboxes for ten minutes: attackers use them, and no business depends on one',
  },
  { lists: ['sinkholes'], use: 'describe', reason: 'who talks to a sinkhole is infected: worth an alarm' },
  {
    lists: ['vpn-ipv4', 'vpn-ipv6'],
    use: 'describe',
    reason: 'attackers come from there too, and to block one of them stops few',
  },
  {
    lists: ['check-host-net', 'shadowserver', 'tenable-cloud-ipv4', 'tenable-cloud-ipv6'],
    use: 'describe',
    reason: 'they scan or probe everybody: nothing breaks where they are blocked',
  },
  {
    lists: ['microsoft-azure-appid', 'phone_numbers'],
    use: 'describe',
    reason: 'of no type that is served here',
  },
];

const BY_SLUG = new Map<string, Policy>(
  CHOICES.flatMap(({ lists, reason, use, rule, hosts, urls, guarded }) =>
    lists.map((slug): [string, Policy] => [
      slug,
      {
        use: use ?? 'hold',
        rule: rule ?? 'warninglist',
        reason,
        ...(hosts !== undefined && { hosts }),
        urls: urls ?? 'general',
        guarded: guarded ?? false,
      },
    ]),
  ),
);

const SCANNERS: Policy = {
  use: 'describe',
  rule: 'warninglist',
  reason: 'researchers who scan everybody: nothing breaks where they are blocked',
  urls: 'general',
  guarded: false,
};
const DESCRIBED: Policy = {
  ...SCANNERS,
  reason: 'the list itself says that its entries are known, not harmless',
};

/** What is made of a list: by its name here, else by its own category, else it holds. */
export function policyOf({ slug, category }: Pick<Warninglist, 'slug' | 'category'>): Policy {
  const known = BY_SLUG.get(slug);
  if (known !== undefined) return known;
  if (/-(?:scanning|scanner)$/.test(slug)) return SCANNERS;
  return category === 'known' ? DESCRIBED : UNKNOWN;
}

/** Whether a list is worth reading, as far as its name tells: those that only describe may be huge. */
export function isOfUse(slug: string): boolean {
  return policyOf({ slug }).use !== 'describe';
}

/** Whether somebody has judged the list. */
export function isJudged(slug: string): boolean {
  return policyOf({ slug }) !== UNKNOWN;
}
