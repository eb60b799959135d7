import type { Feed } from '../../model/feed.ts';
import { blocklistDe } from './blocklist-de.ts';
import { certEuThreats } from './cert-eu-threats.ts';
import { certFrThreats } from './cert-fr-threats.ts';
import { certPlWarningList } from './cert-pl-warning-list.ts';
import { certPolska } from './cert-polska.ts';
import { checkPointResearch } from './check-point-research.ts';
import { cinsArmy } from './cins-army.ts';
import { circlOsint } from './circl-osint.ts';
import { cisaAdvisories } from './cisa-advisories.ts';
import { cisaKev } from './cisa-kev.ts';
import { dataplaneSshclient } from './dataplane-sshclient.ts';
import { dfirReport } from './dfir-report.ts';
import { dshieldBlock } from './dshield-block.ts';
import { elasticSecurityLabs } from './elastic-security-labs.ts';
import { emergingThreatsCompromised } from './emerging-threats-compromised.ts';
import { feodoTracker } from './feodo-tracker.ts';
import { googleThreatIntelligence } from './google-threat-intelligence.ts';
import { jpcertBlog } from './jpcert-blog.ts';
import { malwarebazaar } from './malwarebazaar.ts';
import { microsoftSecurityBlog } from './microsoft-security-blog.ts';
import { openphish } from './openphish.ts';
import { phishtank } from './phishtank.ts';
import { sansIscDiary } from './sans-isc-diary.ts';
import { securelist } from './securelist.ts';
import { sentinellabs } from './sentinellabs.ts';
import { spamhausDropV4 } from './spamhaus-drop-v4.ts';
import { spamhausDropV6 } from './spamhaus-drop-v6.ts';
import { sslblCertificates } from './sslbl-certificates.ts';
import { talosBlog } from './talos-blog.ts';
import { threatfox } from './threatfox.ts';
import { torExits } from './tor-exits.ts';
import { unit42 } from './unit42.ts';
import { urlhaus } from './urlhaus.ts';
import { welivesecurity } from './welivesecurity.ts';

/** Every feed that comes with the program. Adding one adds its file here; `docs/feeds.md` follows by `npm run feed-table`. */
export const CATALOGUE: readonly Feed[] = [
  urlhaus,
  threatfox,
  malwarebazaar,
  feodoTracker,
  sslblCertificates,
  cisaKev,
  spamhausDropV4,
  spamhausDropV6,
  blocklistDe,
  openphish,
  phishtank,
  emergingThreatsCompromised,
  dshieldBlock,
  cinsArmy,
  torExits,
  dataplaneSshclient,
  certPlWarningList,
  circlOsint,
  cisaAdvisories,
  certFrThreats,
  certEuThreats,
  certPolska,
  jpcertBlog,
  talosBlog,
  unit42,
  welivesecurity,
  securelist,
  sentinellabs,
  microsoftSecurityBlog,
  googleThreatIntelligence,
  checkPointResearch,
  elasticSecurityLabs,
  dfirReport,
  sansIscDiary,
];

/** The feed of a name, or undefined. */
export function feedNamed(name: string): Feed | undefined {
  return CATALOGUE.find((feed) => feed.name === name);
}

/** The settings that hold the keys of feeds in the catalogue. */
export const KEY_SETTINGS: readonly string[] = [
  ...new Set(CATALOGUE.flatMap(({ credential }) => credential?.setting ?? [])),
];
