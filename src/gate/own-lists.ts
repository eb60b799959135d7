import { createHash } from 'node:crypto';

import type { Listing } from './listing.ts';

/** Public resolvers that whole companies use, with their networks. What contains one is held too, and every URL on it. */
export const RESOLVERS: Readonly<Record<string, readonly string[]>> = {
  'AdGuard DNS': ['94.140.14.0/24', '94.140.15.0/24', '2a10:50c0::ad1:ff', '2a10:50c0::ad2:ff'],
  'Alibaba DNS': ['223.5.5.5', '223.6.6.6', '2400:3200::1', '2400:3200:baba::1'],
  'Baidu DNS': ['180.76.76.76'],
  'Chunghwa Telecom': ['168.95.1.1', '168.95.192.1'],
  'CIRA Canadian Shield': ['149.112.121.0/24', '149.112.122.0/24'],
  CNNIC: ['1.2.4.8', '210.2.4.8'],
  CleanBrowsing: ['185.228.168.0/24', '185.228.169.0/24'],
  'Cloudflare DNS': ['1.1.1.0/24', '1.0.0.0/24', '2606:4700:4700::/48'],
  'Comodo Secure DNS': ['8.26.56.26', '8.20.247.20'],
  'Control D': ['76.76.2.0/24', '76.76.10.0/24', '2606:1a40::/48', '2606:1a40:1::/48'],
  DNS0: ['193.110.81.0/24', '185.253.5.0/24'],
  'DNS.SB': ['185.222.222.222', '45.11.45.11'],
  'DNS.WATCH': ['84.200.69.80', '84.200.70.40'],
  DNSPod: ['119.29.29.29', '182.254.116.116'],
  Dyn: ['216.146.35.35', '216.146.36.36'],
  FDN: ['80.67.169.12', '80.67.169.40'],
  'Freenom World': ['80.80.80.80', '80.80.81.81'],
  'Google Public DNS': ['8.8.8.0/24', '8.8.4.0/24', '2001:4860:4860::/48'],
  'Hurricane Electric': ['74.82.42.42', '2001:470:20::2'],
  'KT olleh DNS': ['168.126.63.1', '168.126.63.2'],
  'Level 3': ['4.2.2.0/29', '209.244.0.3', '209.244.0.4'],
  'Mullvad DNS': ['194.242.2.0/24', '2a07:e340::/48'],
  'Neustar UltraDNS': ['64.6.64.6', '64.6.65.6', '156.154.70.0/24', '156.154.71.0/24'],
  NextDNS: ['45.90.28.0/24', '45.90.30.0/24', '2a07:a8c0::/48', '2a07:a8c1::/48'],
  OpenDNS: ['208.67.220.0/24', '208.67.222.0/24', '2620:119:35::/48', '2620:119:53::/48'],
  OpenNIC: ['185.121.177.177', '169.239.202.202'],
  Quad9: ['9.9.9.0/24', '149.112.112.0/24', '2620:fe::/48'],
  Quad101: ['101.101.101.101', '101.102.103.104'],
  SafeDNS: ['195.46.39.39', '195.46.39.40'],
  Verisign: ['64.6.64.0/24', '64.6.65.0/24'],
  'Yandex DNS': ['77.88.8.0/24', '2a02:6b8::feed:0/112'],
  '114DNS': ['114.114.114.0/24', '114.114.115.0/24'],
  'the root servers': [
    '198.41.0.4',
    '170.247.170.2',
    '192.33.4.12',
    '199.7.91.13',
    '192.203.230.10',
    '192.5.5.241',
    '192.112.36.4',
    '198.97.190.53',
    '192.36.148.17',
    '192.58.128.30',
    '193.0.14.129',
    '199.7.83.42',
    '202.12.27.33',
    '2001:503:ba3e::2:30',
    '2801:1b8:10::b',
    '2001:500:2::c',
    '2001:500:2d::d',
    '2001:500:a8::e',
    '2001:500:2f::f',
    '2001:500:12::d0d',
    '2001:500:1::53',
    '2001:7fe::53',
    '2001:503:c27::2:30',
    '2001:7fd::1',
    '2001:500:9f::42',
    '2001:dc3::35',
  ],
};

/** Networks of providers whose sites and services stand on no list of MISP's; not the machines they let. */
export const PROVIDER_NETWORKS: Readonly<Record<string, readonly string[]>> = {
  Facebook: ['31.13.24.0/21', '31.13.64.0/18', '157.240.0.0/16', '2a03:2880::/32'],
  GitHub: ['140.82.112.0/20', '143.55.64.0/20', '185.199.108.0/22', '192.30.252.0/22'],
  Google: ['142.250.0.0/15', '172.217.0.0/16', '216.58.192.0/19', '74.125.0.0/16', '2607:f8b0::/32'],
  Microsoft: [
    '13.107.0.0/16',
    '204.79.197.0/24',
    '40.126.0.0/18',
    '20.190.128.0/18',
    '52.96.0.0/14',
    '52.104.0.0/14',
  ],
  Twitter: ['104.244.40.0/21', '199.16.156.0/22'],
};

/** Machines to let inside of what lists call a content network: a single address passes. */
export const RENTED_NETWORKS: Readonly<Record<string, readonly string[]>> = {
  Linode: ['172.232.0.0/13'],
};

/** Mail that businesses read in a browser, and names that mail programs ask: no list of providers has them. */
export const WEBMAIL: readonly string[] = [
  'gmail.com',
  'googlemail.com',
  'hotmail.com',
  'icloud.com',
  'live.com',
  'mail.ru',
  'outlook.com',
  'outlook.office.com',
  'outlook.office365.com',
  'proton.me',
  'protonmail.com',
  'tutanota.com',
  'yahoo.com',
  'yandex.com',
  'zoho.com',
];

/** Reports link to these as sources, and sandboxes see programs ask them: every URL on them is held. */
export const NAMED_IN_REPORTS: readonly string[] = [
  'abuse.ch',
  'abuseipdb.com',
  'alienvault.com',
  'any.run',
  'api.ipify.org',
  'bleepingcomputer.com',
  'censys.io',
  'checkip.amazonaws.com',
  'checkip.dyndns.org',
  'crowdstrike.com',
  'greynoise.io',
  'hybrid-analysis.com',
  'icanhazip.com',
  'ifconfig.me',
  'intezer.com',
  'ip-api.com',
  'ipinfo.io',
  'joesandbox.com',
  'krebsonsecurity.com',
  'malpedia.caad.fkie.fraunhofer.de',
  'mandiant.com',
  'phishtank.com',
  'proofpoint.com',
  'securelist.com',
  'sentinelone.com',
  'shodan.io',
  'spamhaus.org',
  'talosintelligence.com',
  'thedfirreport.com',
  'tria.ge',
  'unit42.paloaltonetworks.com',
  'urlscan.io',
  'virustotal.com',
  'welivesecurity.com',
];

/** Files with nothing in them: programs hash them by mistake, and everybody has some. */
const EMPTY_FILES: Readonly<Record<string, string>> = {
  'the empty file': '',
  'a line end': '\n',
  'a line end of Windows': '\r\n',
  'a space': ' ',
  'a zero byte': '\0',
};
const EICAR = 'the EICAR test file';
const PACKED_EICAR = 'the EICAR test file in an archive';

/** Hashes that stand in feeds by mistake, by MD5, SHA-1 and SHA-256, with the file that each is of. */
export const KNOWN_HASHES: ReadonlyMap<string, string> = new Map([
  ...Object.entries(EMPTY_FILES).flatMap(([file, content]) =>
    ['md5', 'sha1', 'sha256'].map((algorithm): [string, string] => [
      createHash(algorithm).update(content).digest('hex'),
      file,
    ]),
  ),
  ['44d88612fea8a8f36de82e1278abb02f', EICAR],
  ['3395856ce81f2b7382dee72602f798b642f14140', EICAR],
  ['275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f', EICAR],
  ['6ce6f415d8475545be5ba114f208b0ff', PACKED_EICAR],
  ['d27265074c9eac2e2122ed69294dbc4d7cce9141', PACKED_EICAR],
  ['2546dcffc5ad854d4ddc64fbf056871cd5a00f2471cb7a5bfd4ac23b6e9eedad', PACKED_EICAR],
  ['e4968ef99266df7c9a1f0637d2389dab', PACKED_EICAR],
  ['bec1b52d350d721c7e22a6d4bb0a92909893a3ae', PACKED_EICAR],
  ['e1105070ba828007508566e28a2b8d4c65d192e9eaf3b7868382b7cae747b397', PACKED_EICAR],
]);

export const OWN_LISTING = {
  namedInReports: { rule: 'warninglist', list: 'security vendors and analysis services' },
  sharedHost: { rule: 'shared_host', list: 'shared hosting' },
  mailProvider: { rule: 'mail_provider', list: 'mailbox providers' },
} as const satisfies Record<string, Listing>;
