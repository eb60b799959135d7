import { cef } from './cef.ts';
import { ecs } from './ecs.ts';
import { firewallList } from './firewall/list.ts';
import { FIREWALL_PROFILES } from './firewall/profiles.ts';
import type { ExportFormat } from './format.ts';
import { hosts } from './hosts.ts';
import { mispEvent } from './misp/event.ts';
import { openioc } from './openioc.ts';
import { rpz } from './rpz.ts';
import { sentinel } from './sentinel.ts';
import { sigma } from './sigma.ts';
import { splunk } from './splunk.ts';
import { suricataDatasets } from './suricata-datasets.ts';
import { suricataRules } from './suricata-rules.ts';
import { syslog } from './syslog.ts';

/** Every format that IOCs are exported in besides STIX and the lists. Names are unique. */
export const EXPORT_FORMATS: readonly ExportFormat[] = [
  mispEvent,
  cef,
  syslog,
  sigma,
  openioc,
  suricataRules,
  ...suricataDatasets,
  rpz,
  hosts,
  ...FIREWALL_PROFILES.map(firewallList),
  splunk,
  ecs,
  sentinel,
];

/** The format of a name, or undefined. */
export function findExportFormat(name: string): ExportFormat | undefined {
  return EXPORT_FORMATS.find((format) => format.name === name);
}
