/**
 * Sample indicators of all ten types, with documentation addresses and names only (RFC 5737, RFC 3849,
 * RFC 2606), as a CSV that the demo reads as it would read an operator's own.
 */
export function demoSamples(now: number): string {
  const day = (ago: number): string => new Date(now - ago * 86_400_000).toISOString();
  const rows = SAMPLES.map(([value, type, confidence, threat, family, tags, technique, sector], index) =>
    [
      value,
      type,
      confidence,
      threat,
      family,
      tags,
      technique,
      sector,
      day(20 - (index % 15)),
      day(index % 5),
      `https://reports.example.com/${index + 1}`,
    ].join(','),
  );
  return [HEADER, ...rows, ''].join('\n');
}

const HEADER =
  'value,type,confidence,threat_type,family,tags,techniques,sectors,first_seen,last_seen,reference';

type Sample = readonly [string, string, string, string, string, string, string, string];

const SAMPLES: readonly Sample[] = [
  ['192.0.2.1', 'ipv4', 'high', 'botnet_cc', 'Emotet', 'c2;epoch5', 'T1071.001', 'financial-services'],
  ['192.0.2.77', 'ipv4', 'medium', 'scanner', '', 'ssh;bruteforce', 'T1110', ''],
  ['198.51.100.0/28', 'ipv4', 'low', 'scanner', '', 'mass-scan', 'T1595.001', 'energy'],
  ['203.0.113.9', 'ipv4', 'high', 'botnet_cc', 'QakBot', 'c2', 'T1071.001', 'healthcare'],
  ['2001:db8::bad:1', 'ipv6', 'high', 'botnet_cc', 'Mirai', 'c2;iot', 'T1071', 'communications'],
  ['2001:db8:5::/48', 'ipv6', 'low', 'scanner', '', 'mass-scan', 'T1595', ''],
  [
    'login.bank.example.com',
    'domain',
    'high',
    'phishing',
    '',
    'phishing;credential',
    'T1566.002',
    'financial-services',
  ],
  [
    'cdn-update.example.net',
    'domain',
    'medium',
    'payload_delivery',
    'SocGholish',
    'fakeupdates',
    'T1189',
    '',
  ],
  ['grid-portal.example.org', 'domain', 'high', 'phishing', '', 'phishing', 'T1566.002', 'energy'],
  [
    'hxxp://dl[.]example[.]com/invoice[.]zip',
    'url',
    'high',
    'malware_download',
    'AgentTesla',
    'zip;stealer',
    'T1204.002',
    '',
  ],
  [
    'https://login.bank.example.com/secure?step=1',
    'url',
    'high',
    'phishing',
    '',
    'phishing',
    'T1566.002',
    'financial-services',
  ],
  [
    'http://192.0.2.200:8081/bin.sh',
    'url',
    'medium',
    'malware_download',
    'Mozi',
    '32-bit;elf;mips',
    'T1105',
    '',
  ],
  ['5d41402abc4b2a76b9719d911017c592', 'md5', 'medium', 'payload', 'AgentTesla', 'exe', 'T1204.002', ''],
  [
    'aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d',
    'sha1',
    'medium',
    'payload',
    'AgentTesla',
    'exe',
    'T1204.002',
    '',
  ],
  [
    '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
    'sha256',
    'high',
    'payload',
    'LockBit',
    'exe;ransomware',
    'T1486',
    'healthcare',
  ],
  [
    '486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7',
    'sha256',
    'medium',
    'payload',
    'Emotet',
    'dll',
    'T1055',
    '',
  ],
  [
    'CVE-2021-44228',
    'cve',
    'high',
    'exploited_vulnerability',
    '',
    'log4shell',
    'T1190',
    'information-technology',
  ],
  ['CVE-2023-34362', 'cve', 'high', 'exploited_vulnerability', '', 'ransomware', 'T1190', 'government'],
  ['T1059.001', 'mitre-attack', 'medium', 'technique', '', 'powershell', '', ''],
  ['TA0001', 'mitre-attack', 'low', 'technique', '', '', '', ''],
  ['billing@invoices.example.net', 'email', 'high', 'phishing', '', 'bec', 'T1566.001', 'water'],
  ['ceo[at]example[.]org', 'email', 'medium', 'phishing', '', 'bec', 'T1656', 'transportation'],
];
