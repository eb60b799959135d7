import { hostOf, registrableDomain } from '../../normalise/registrable.ts';

/**
 * Where reports send their readers: vendors, databases, standards, code, the press. Plain links there are references,
 * not indicators. A host stands for what is below it too.
 */
const REFERENCE_HOSTS: ReadonlySet<string> = new Set(
  (
    'abuse.ch abuseipdb.com accenture.com akamai.com alienvault.com amnesty.org android.com anomali.com any.run apache.org ' +
    'apple.com archive.org arstechnica.com arxiv.org attackiq.com aws.amazon.com bankinfosecurity.com bbc.co.uk ' +
    'binarydefense.com bitdefender.com bleepingcomputer.com bloomberg.com bluesky.app bsky.app censys.io certcc.github.io ' +
    'checkpoint.com chromium.org cisa.gov cisco.com citizenlab.ca clamav.net cloudflare.com cnn.com cofense.com creativecommons.org ' +
    'crowdstrike.com curatedintel.org cve.org cybereason.com cyberscoop.com cylance.com darkreading.com debian.org ' +
    'docker.com dragos.com elastic.co eset.com exploit-db.com f-secure.com fireeye.com first.org forbes.com ' +
    'fortinet.com fortiguard.com g.co gcp.google.com github.com github.io gitlab.com gnu.org googleblog.com google.com ' +
    'group-ib.com huntress.com hybrid-analysis.com ibm.com ietf.org instagram.com intezer.com isc.sans.edu ' +
    'joesandbox.com kaspersky.com krebsonsecurity.com linkedin.com linux.org malpedia.caad.fkie.fraunhofer.de malwarebytes.com mandiant.com mastodon.social ' +
    'mcafee.com medium.com microsoft.com misp-project.org mitre.org mozilla.org msn.com msdn.com ncsc.gov.uk netskope.com ' +
    'nist.gov nytimes.com nvidia.com oasis-open.org openioc.org opensource.org openxmlformats.org oracle.com orkl.eu ' +
    'owasp.org packetstormsecurity.com paloaltonetworks.com passivetotal.org proofpoint.com purl.org python.org pypi.org npmjs.com ' +
    'qualys.com rapid7.com readthedocs.io recordedfuture.com reddit.com redhat.com reuters.com rfc-editor.org ' +
    'riskiq.com sans.org schema.org secureworks.com securelist.com securityaffairs.com securityweek.com sekoia.io sentinelone.com shadowserver.org ' +
    'shodan.io sigmahq.io slack.com snort.org sophos.com sourceforge.net spamhaus.org splunk.com stackoverflow.com ' +
    'symantec.com sysdig.com talosintelligence.com techcrunch.com tenable.com theguardian.com thehackernews.com ' +
    'therecord.media theregister.com threads.net threatconnect.com threatpost.com tria.ge trellix.com trendmicro.com trustwave.com ' +
    'twitter.com ubuntu.com unit42.paloaltonetworks.com urlscan.io us-cert.gov vice.com virusbulletin.com virustotal.com ' +
    'vmware.com vmray.com volexity.com vt.tiktok.com w3.org washingtonpost.com webroot.com welivesecurity.com wikipedia.org ' +
    'wired.com wordpress.org wsj.com x.com xmlsoap.org yara.readthedocs.io youtu.be youtube.com zdnet.com ' +
    'zerodayinitiative.com zscaler.com facebook.com fb.com android.googlesource.com kernel.org golang.org go.dev php.net mozilla.com'
  ).split(' '),
);
/** Governments and universities that write of attacks; those that were attacked are defanged or listed. */
const INSTITUTION = /\.(?:gov|mil|edu|int)(?:\.[a-z]{2})?$/;

/** Whether plain links to `host` are references. */
export function isReferenceHost(host: string): boolean {
  for (let at = 0; at >= 0; at = host.indexOf('.', at) + 1 || -1)
    if (REFERENCE_HOSTS.has(host.slice(at))) return true;
  return false;
}

/** Whether a host is a government's or a university's. */
export function isInstitution(host: string): boolean {
  return INSTITUTION.test(host);
}

const ARTICLE_HOST =
  /^(?:blogs?|news(?:room)?|labs?|research|docs?|developers?|support|help|kb|wiki|learn|status|securityadvisories|community|forum|press)\./i;
const ARTICLE_PATH =
  /\/(?:blogs?|news|newsroom|research|reports?|articles?|advisor(?:y|ies)|publications?|press(?:-releases?)?|whitepapers?|white-papers|threat-research|threat-intelligence|analysis|insights?|resources|documentation|docs|wiki|stories|posts?)(?:\/[^?#]*[a-z]|\/?$)|\/20\d\d\/(?:0?[1-9]|1[0-2])\/[^?#]*-|\/(?:[\p{L}\d]+-){4,}[\p{L}\d]+|\.pdf$/iu;

/** Whether a URL reads like one of an article. */
export function readsLikeArticle(url: string): boolean {
  const host = hostOf(url) ?? '';
  return ARTICLE_HOST.test(host) || ARTICLE_PATH.test(url.slice(url.indexOf(host) + host.length));
}

/** The hosts that belong to the publisher of a document. */
export class OwnHosts {
  readonly #domains: ReadonlySet<string>;

  constructor(addresses: readonly string[]) {
    const hosts = addresses.flatMap((address) => hostOf(address) ?? []);
    this.#domains = new Set(hosts.map(registrableDomain));
  }

  has(host: string): boolean {
    return this.#domains.size > 0 && this.#domains.has(registrableDomain(host));
  }
}
