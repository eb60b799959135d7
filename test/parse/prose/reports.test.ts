import assert from 'node:assert/strict';
import test from 'node:test';

import { fixture } from '../reading.ts';
import { found } from './found.ts';

const REPORTS: Readonly<Record<string, readonly string[]>> = {
  'vendor-page.html': [
    'cve CVE-2024-21412',
    'cve CVE-2024-38112',
    'url https://gate.heron-cdn.example.net/check.php',
    'url http://203.0.113.77:8080/a/b.exe',
    'domain evil.example.org',
    'mitre-attack T1547.001',
    'mitre-attack T1071.001',
    'ipv4 203.0.113.10',
    'sha256 8bf140db34c3fc03ca732867002d7396b59434818c0b5cbaa65aace6c4dd3b81',
    'domain heron-gate.example.net',
    'domain panel.example.sh',
    'domain panel2.example.pl',
    'ipv4 198.51.100.7',
    'ipv4 198.51.100.8',
    'url http://heron-gate.example.net/stage2.bin',
    'email billing@heron-mail.example.org',
  ],
  'backdoor.md': [
    'domain finch-c2.example.net',
    'ipv4 198.51.100.23',
    'url https://files.example.net/finch.bin',
    'ipv4 198.51.100.24',
    'md5 d41e8cd98f00b204e9800998ecf8427e',
    'sha1 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12',
    'domain finch-yara.example.net',
    'ipv4 198.51.100.25',
    'domain finch-snort.example.net',
    'mitre-attack T1071.004',
    'domain finch-sigma.example.net',
    'ipv4 198.51.100.26',
    'domain finch.example.com',
    'ipv4 198.51.100.27',
    'sha1 a94a8fe5ccb19ba61c4c0873d391e987982fbbd3',
    'url http://finch.example.org/gate.php?id=1',
    'email user@finch.example.org',
    'ipv6 2001:db8:1::5',
    'ipv6 2001:db8:1::6',
  ],
  'advisory.txt': [
    'cve CVE-2023-4966',
    'email marten.support@example.net',
    'email silver_marten@onion.example.org',
    'ipv4 203.0.113.5',
    'url http://203.0.113.6/x/y.ps1',
    'domain update-check.example.net',
    'url http://dl.example.org/a.ps1',
    'url http://dl2.example.org/run',
    'ipv4 198.51.100.44',
    'domain evil.example.org',
    'ipv4 198.51.100.45',
    'sha256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    'sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b856',
    'md5 900150983cd24fb0d6963f7d28e17f72',
    'ipv4 203.0.113.50',
    'ipv4 203.0.113.51',
    'domain marten-c2.example.net',
    'domain marten-c3.example.ai',
    'domain marten-c4.example.pl',
    'ipv6 2001:db8::bad:1',
    'domain marten-csv.example.net',
    'url http://marten-csv.example.net/a,b',
    'ipv4 203.0.113.60',
    'email boss@marten.example.com',
  ],
  'toolset.adoc': [
    'sha1 a94a8fe5ccb19ba61c4c0873d391e987982fbbd3',
    'sha1 de9f2c7fd25e1b3afad3e85a0bd17d9b100db4b3',
    'domain otter-talk.example.net',
    'url http://otter.example.com/index.php',
    'url https://otter.example.org:8443/a?b=1&c=2',
    'domain otter-relay.example.net',
    'ipv4 198.51.100.61',
    'url http://otter.example.com/API/gate.php',
  ],
};

for (const [name, iocs] of Object.entries(REPORTS)) {
  test(`of ${name} exactly its IOCs are found`, () => {
    assert.deepEqual(found(fixture(`reports/${name}`).toString()), iocs);
  });
}
