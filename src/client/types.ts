/* Made from the OpenAPI document by `npm run client-types`. */

export type IocType = 'ipv4' | 'ipv6' | 'domain' | 'url' | 'md5' | 'sha1' | 'sha256' | 'cve' | 'mitre-attack' | 'email';

export type ConfidenceLevel = 'low' | 'medium' | 'high';

export type Tlp = 'clear' | 'green' | 'amber' | 'amber+strict' | 'red';

/** A source that reports an IOC. */
export interface IocSource {
  readonly feed_name: string;
  readonly category: string | null;
  /** Whether a feed of records names it, or a report. */
  readonly origin: 'feed' | 'article';
  /** Its page about the IOC, or about itself. */
  readonly reference_url: string | null;
  readonly article_id: string | null;
  readonly article_title: string | null;
  readonly article_url: string | null;
  readonly comment?: string;
}

export type Industry = 'chemical' | 'commercial-facilities' | 'communications' | 'critical-manufacturing' | 'dams' | 'defense-industrial-base' | 'emergency-services' | 'energy' | 'financial-services' | 'food-and-agriculture' | 'government' | 'healthcare' | 'information-technology' | 'nuclear' | 'transportation' | 'water';

/** One IOC. */
export interface IocItem {
  /** The same for the same IOC for ever. */
  readonly id: string;
  /** When its first version was published. */
  readonly created: string;
  /** When this version was published. */
  readonly modified: string;
  readonly type: IocType;
  /** In its normal form. It comes from an attacker: never open it, and escape it. */
  readonly value: string;
  readonly confidence: ConfidenceLevel;
  /** The confidence as a number. */
  readonly score: number;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly tlp: Tlp;
  readonly source: IocSource;
  /** What it is, of which family, and who reports it. */
  readonly context: string;
  readonly tags: readonly string[];
  readonly mitre_techniques: readonly string[];
  readonly industries: readonly Industry[];
  readonly valid_until?: string;
  /** It was taken back. */
  readonly revoked?: true;
  readonly other_sources?: readonly IocSource[];
  readonly threat_types?: readonly string[];
  readonly malware_families?: readonly string[];
  readonly threat_actors?: readonly string[];
  readonly cves?: readonly string[];
}

/** A page of a list of IOCs. */
export interface IocList {
  readonly meta: {
    /** How many there are without limit and offset. */
    readonly total: number;
    readonly limit: number;
    readonly offset: number;
    /** When the newest version in the store was published; now, while there is none. */
    readonly generated_at: string;
    /** The same as a number in a text: it rises with everything that is published. */
    readonly feed_version: string;
    /** The producer. */
    readonly source: string;
    /** The filters as they were given; a since from before the look-back as it was applied. */
    readonly filters: Readonly<Record<string, string>>;
  };
  readonly data: readonly IocItem[];
  readonly links: {
    readonly self: string;
    /** The next page, as a path on this server; null on the last. */
    readonly next: string | null;
  };
}

/** One thing that is wrong with a request. */
export interface ErrorDetail {
  /** The parameter that is wrong. */
  readonly parameter?: string;
  /** The header that is wrong. */
  readonly header?: string;
  /** What was given. */
  readonly value?: string;
  readonly reason?: string;
  /** What is allowed: words, or in words. */
  readonly allowed?: string | readonly string[];
}

/** Every error has this shape. */
export interface ErrorAnswer {
  readonly error: {
    readonly code: 'bad_request' | 'invalid_parameter' | 'missing_api_key' | 'invalid_api_key' | 'expired_api_key' | 'not_signed_in' | 'invalid_credentials' | 'insufficient_tier' | 'not_permitted' | 'ip_not_allowed' | 'lookback_exceeded' | 'cross_site_request' | 'insecure_transport' | 'not_found' | 'article_not_found' | 'method_not_allowed' | 'not_acceptable' | 'request_timeout' | 'conflict' | 'payload_too_large' | 'uri_too_long' | 'unsupported_media_type' | 'unprocessable' | 'rate_limit_exceeded' | 'headers_too_large' | 'internal_error' | 'unavailable';
    /** For people; it may change. */
    readonly message: string;
    /** Also in X-Request-Id. The operator finds it in the log. */
    readonly request_id: string;
    readonly details?: readonly ErrorDetail[];
  };
}

/** How many IOCs a filter yields. */
export interface IocCount {
  readonly count: number;
  /** When the newest version in the store was published; now, while there is none. */
  readonly generated_at: string;
  /** The filters as they were given; a since from before the look-back as it was applied. */
  readonly filters: Readonly<Record<string, string>>;
}

/** What a search found. */
export interface IocSearch {
  readonly meta: {
    /** What was searched for, refanged. */
    readonly query: string;
    /** Whether it is the value itself that was found, or values that hold it. */
    readonly match: 'exact' | 'substring';
    readonly count: number;
    readonly limit: number;
    /** Whether there are more than these. */
    readonly more: boolean;
    /** The cursor that leads on; null where there are no more. */
    readonly next_cursor: string | null;
  };
  readonly data: readonly IocItem[];
  /** Others from the same source document. */
  readonly related: readonly IocItem[];
}

/** What was published lately, to the full hour. */
export interface Trend {
  /** IOCs that were published for the first time. */
  readonly added: number;
  /** New versions of others. */
  readonly updated: number;
  /** Added in as long a time before. */
  readonly added_before: number;
}

/** Counts of what is current. */
export interface Statistics {
  /** When the newest version in the store was published; now, while there is none. */
  readonly generated_at: string;
  readonly total: number;
  readonly by_type: {
    readonly ipv4: number;
    readonly ipv6: number;
    readonly domain: number;
    readonly url: number;
    readonly md5: number;
    readonly sha1: number;
    readonly sha256: number;
    readonly cve: number;
    readonly 'mitre-attack': number;
    readonly email: number;
  };
  readonly by_confidence: {
    readonly low: number;
    readonly medium: number;
    readonly high: number;
  };
  readonly by_category: readonly {
    readonly category: string;
    readonly count: number;
  }[];
  readonly by_feed: readonly {
    readonly feed_name: string;
    readonly count: number;
  }[];
  readonly trend: {
    readonly last_24_hours: Trend;
    readonly last_7_days: Trend;
  };
  readonly top_techniques: readonly ({
    readonly id: string;
    readonly name: string | null;
    readonly count: number;
  })[];
  readonly top_cves: readonly {
    readonly id: string;
    readonly count: number;
  }[];
  /** The feeds that run. */
  readonly feeds: readonly ({
    readonly feed: string;
    readonly state: string;
    readonly last_good: string | null;
    readonly last_checked: string | null;
    /** In a row. */
    readonly failures: number;
  })[];
}

/** A source with its page or remark, a CVE or an ATT&CK id. */
export interface StixExternalReference {
  readonly source_name: string;
  readonly description?: string;
  readonly url?: string;
  readonly external_id?: string;
}

/** An IOC as a STIX 2.1 indicator. */
export interface StixIndicator {
  readonly type: 'indicator';
  readonly spec_version: '2.1';
  readonly id: string;
  readonly created_by_ref: string;
  /** When its first version was published. */
  readonly created: string;
  /** When this version was published: what since goes by. */
  readonly modified: string;
  /** The value itself, in its normal form. It comes from an attacker. */
  readonly name: string;
  readonly description: string;
  readonly indicator_types: readonly string[];
  readonly pattern: string;
  readonly pattern_type: 'stix';
  readonly pattern_version: '2.1';
  readonly valid_from: string;
  readonly confidence: number;
  readonly object_marking_refs: readonly string[];
  /** It was taken back. */
  readonly revoked?: true;
  readonly valid_until?: string;
  readonly kill_chain_phases?: readonly {
    readonly kill_chain_name: string;
    readonly phase_name: string;
  }[];
  readonly labels?: readonly string[];
  readonly external_references?: readonly StixExternalReference[];
}

/** Any other object: the producer, a marking, or what indicators point to. */
export interface StixObject {
  readonly type: string;
  readonly spec_version: '2.1';
  readonly id: string;
  readonly [property: string]: unknown;
}

/** A bundle with spec_version, as clients of the published endpoint know it. */
export interface Bundle {
  readonly type: 'bundle';
  readonly spec_version: '2.1';
  readonly id: string;
  readonly objects: readonly (StixIndicator | StixObject)[];
}

/** With format=objects. */
export type StixObjects = readonly (StixIndicator | StixObject)[];

/** A bundle exactly as STIX 2.1 §8 has it; objects are absent when there are none. */
export interface StixBundle {
  readonly type: 'bundle';
  readonly id: string;
  readonly objects?: readonly (StixIndicator | StixObject)[];
}

/** A published IOC that contains the value. */
export interface LookupCover {
  readonly type: IocType;
  readonly value: string;
  /** From 90, from 70, from 30, below. */
  readonly risk_score: 'critical' | 'high' | 'medium' | 'low';
  readonly confidence: ConfidenceLevel;
}

/** Searches for the value, escaped for each language. */
export interface HuntingQueries {
  /** A search for Splunk. */
  readonly splunk: string;
  /** A query for Microsoft Defender XDR and Sentinel. */
  readonly kql: string;
}

/** A source that stands by the value. */
export interface LookupSource {
  readonly feed_name: string;
  readonly category: string | null;
  readonly origin: 'feed' | 'article';
  readonly reference_url: string | null;
  readonly first_reported: string;
  readonly last_reported: string;
  readonly comment?: string;
}

/** A value that is reported. */
export interface LookupFound {
  readonly type: IocType;
  readonly value: string;
  readonly found: true;
  readonly id: string;
  readonly status: 'published' | 'expired';
  /** From 90, from 70, from 30, below. */
  readonly risk_score: 'critical' | 'high' | 'medium' | 'low';
  readonly score: number;
  readonly score_explanation: string;
  readonly confidence: ConfidenceLevel;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly valid_until: string | null;
  readonly tlp: Tlp;
  readonly tags: readonly string[];
  readonly malware_family: string | null;
  readonly threat_types: readonly string[];
  readonly threat_actors: readonly string[];
  readonly cves: readonly string[];
  readonly industries: readonly Industry[];
  readonly mitre_techniques: readonly ({
    readonly id: string;
    readonly name: string | null;
  })[];
  /** Published networks that contain the address, domains above the domain, the host of the URL; the narrowest first. */
  readonly covered_by: readonly LookupCover[];
  readonly hunting_queries: HuntingQueries;
  readonly sources: readonly LookupSource[];
}

/** No source that is read here reports the value itself. That does not mean that it is harmless. */
export interface LookupMissing {
  readonly type: IocType;
  readonly value: string;
  readonly found: false;
  readonly message: string;
  readonly risk_score: null;
  readonly score: null;
  /** Published networks that contain the address, domains above the domain, the host of the URL; the narrowest first. */
  readonly covered_by: readonly LookupCover[];
  readonly hunting_queries: HuntingQueries;
  readonly sources: readonly [];
}

export type Lookup = LookupFound | LookupMissing;

/** What one source is worth. */
export interface WhyClaim {
  readonly source: string;
  readonly publisher: string;
  readonly claimed: number;
  /** How far the source is believed, in per cent. */
  readonly reliability: number;
  /** What it adds. */
  readonly weight: number;
  readonly last_seen: string;
  /** Whether it adds anything beside what its publisher said elsewhere. */
  readonly counts: boolean;
}

/** What a source said. */
export interface WhyRecord {
  /** The source's own id of it. */
  readonly entry?: string;
  readonly first_seen?: string;
  readonly last_seen?: string;
  readonly confidence?: number;
  readonly threat_type?: string;
  readonly family?: string;
  readonly tags?: readonly string[];
  readonly techniques?: readonly string[];
  readonly cves?: readonly string[];
  readonly sectors?: readonly Industry[];
  readonly reference?: string;
  readonly comment?: string;
  readonly tlp?: Tlp;
  readonly actors?: readonly string[];
  readonly evidence?: {
    /** What holds the value in a report. */
    readonly sentence: string;
    readonly offset: number;
    readonly defanged: boolean;
  };
  /** What was concluded, each with the words that it follows from. */
  readonly derived?: readonly ({
    readonly kind: 'family' | 'technique' | 'sector' | 'actor';
    readonly value: string;
    readonly from: string;
  })[];
  readonly revoked?: boolean;
}

/** Why an IOC is in or out. */
export interface Why {
  readonly id: string;
  readonly type: IocType;
  readonly value: string;
  readonly status: 'published' | 'held' | 'retracted' | 'expired' | 'withdrawn' | 'upcoming';
  /** The status in a sentence. */
  readonly because: string;
  readonly confidence: {
    readonly value: number;
    readonly level: ConfidenceLevel;
    readonly claims: readonly WhyClaim[];
    /** What it was worth when it was last seen. */
    readonly faded_from?: number;
  };
  readonly sources: readonly {
    readonly name: string;
    /** Whether it still says so. */
    readonly stands: boolean;
    readonly first_reported: string;
    readonly last_reported: string;
    readonly reports: number;
    readonly records: readonly WhyRecord[];
    readonly url?: string;
    readonly category?: string;
  }[];
  readonly hold?: {
    readonly rule: 'operator_allow' | 'special_use' | 'too_broad' | 'public_resolver' | 'known_hash' | 'popular_site' | 'mail_provider' | 'shared_host' | 'cloud_range' | 'warninglist' | 'own_domain';
    readonly list: string;
    readonly entry: string;
  };
  readonly first_published?: string;
  readonly last_published?: string;
  readonly valid_until?: string;
}

/** A report as it is listed. */
export interface ArticleItem {
  /** The same for the same address or content for ever. */
  readonly id: string;
  readonly title: string;
  /** A web address; null where the article has none. */
  readonly url: string | null;
  /** The feed that announced it, or the file that it was read from. */
  readonly source: string;
  readonly published_at: string;
  /** The publisher’s words. */
  readonly summary: string | null;
  readonly categories: readonly ('ransomware' | 'malware' | 'phishing' | 'vulnerability' | 'espionage' | 'botnet' | 'supply-chain' | 'data-breach' | 'denial-of-service' | 'cryptojacking' | 'fraud')[];
  readonly severity: 'critical' | 'high' | 'medium' | 'low';
  readonly tags: readonly string[];
  readonly has_iocs: boolean;
}

/** A page of a list of articles. */
export interface ArticleList {
  readonly meta: {
    readonly count: number;
    readonly limit: number;
    readonly since: string;
    readonly next_cursor: string | null;
    readonly filters: Readonly<Record<string, string>>;
  };
  readonly data: readonly ArticleItem[];
}

/** A report with what was found in it. */
export interface Article {
  /** The same for the same address or content for ever. */
  readonly id: string;
  readonly title: string;
  /** A web address; null where the article has none. */
  readonly url: string | null;
  /** The feed that announced it, or the file that it was read from. */
  readonly source: string;
  readonly published_at: string;
  /** The publisher’s words. */
  readonly summary: string | null;
  readonly categories: readonly ('ransomware' | 'malware' | 'phishing' | 'vulnerability' | 'espionage' | 'botnet' | 'supply-chain' | 'data-breach' | 'denial-of-service' | 'cryptojacking' | 'fraud')[];
  readonly severity: 'critical' | 'high' | 'medium' | 'low';
  readonly tags: readonly string[];
  readonly has_iocs: boolean;
  readonly iocs: readonly ({
    readonly type: IocType;
    readonly value: string;
    readonly confidence: ConfidenceLevel;
    readonly status: 'published' | 'expired';
    readonly evidence: {
      /** The sentence, row or list item that holds it. */
      readonly sentence: string;
      /** UTF-16 units before it in the document. */
      readonly offset: number;
      readonly defanged: boolean;
    } | null;
  })[];
  /** How many IOCs there are, shown or not. */
  readonly ioc_count: number;
  readonly cves: readonly string[];
  readonly threat_actors: readonly string[];
  readonly malware_families: readonly string[];
  readonly mitre_techniques: readonly ({
    readonly id: string;
    readonly name: string | null;
  })[];
  readonly industries: readonly (Industry)[];
}

export interface TaxiiError {
  readonly title: string;
  readonly description?: string;
  readonly error_id: string;
  readonly error_code: string;
  readonly http_status: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The query of: List IOCs. */
export interface ListIocsQuery {
  /** Only IOCs of these types, comma-separated. */
  readonly type?: IocType | readonly (IocType)[] | undefined;
  /** Only versions published strictly after this time, oldest first. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly since?: string | Date | undefined;
  /** Only these confidence levels, comma-separated. */
  readonly confidence?: ConfidenceLevel | readonly (ConfidenceLevel)[] | undefined;
  /** Only IOCs that concern these CISA sectors, comma-separated. */
  readonly industry?: Industry | readonly (Industry)[] | undefined;
  /** At most so many indicators; 100 unless said otherwise. What may be given: a number from 1 to 10000. */
  readonly limit?: number | undefined;
  /** Goes on where a page ended. What may be given: what a Link with rel="next" carries. */
  readonly cursor?: string | undefined;
  /** Whether retractions and expired indicators are included; without since they are not. */
  readonly revoked?: 'include' | 'exclude' | undefined;
  /** Only versions published at this time or before. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly until?: string | Date | undefined;
  /** Only what a source of one of these categories reports, comma-separated. */
  readonly category?: 'government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner' | readonly ('government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner')[] | undefined;
  /** Passes over so many first, at most 10,000. What may be given: a number from 0 to 10000; to go further, follow links.next, which has a cursor. */
  readonly offset?: number | undefined;
  /** How the list is written. */
  readonly format?: 'json' | 'csv' | 'txt' | 'ndjson' | undefined;
}

/** The query of: MISP event. */
export interface ExportMispQuery {
  /** Only IOCs of these types, comma-separated; all that the format has unless said otherwise, and one that it has not is refused. */
  readonly type?: 'ipv4' | 'ipv6' | 'domain' | 'url' | 'md5' | 'sha1' | 'sha256' | 'cve' | 'email' | readonly ('ipv4' | 'ipv6' | 'domain' | 'url' | 'md5' | 'sha1' | 'sha256' | 'cve' | 'email')[] | undefined;
  /** Only versions published strictly after this time, oldest first. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly since?: string | Date | undefined;
  /** Only these confidence levels, comma-separated. */
  readonly confidence?: ConfidenceLevel | readonly (ConfidenceLevel)[] | undefined;
  /** Only IOCs that concern these CISA sectors, comma-separated. */
  readonly industry?: Industry | readonly (Industry)[] | undefined;
  /** At most so many indicators; 100 unless said otherwise. What may be given: a number from 1 to 10000. */
  readonly limit?: number | undefined;
  /** Goes on where a page ended. What may be given: what a Link with rel="next" carries. */
  readonly cursor?: string | undefined;
  /** Whether retractions and expired indicators are included; without since they are not. */
  readonly revoked?: 'include' | 'exclude' | undefined;
  /** Only versions published at this time or before. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly until?: string | Date | undefined;
  /** Only what a source of one of these categories reports, comma-separated. */
  readonly category?: 'government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner' | readonly ('government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner')[] | undefined;
  /** Passes over so many first, at most 10,000. What may be given: a number from 0 to 10000; to go further, follow links.next, which has a cursor. */
  readonly offset?: number | undefined;
  /** Which format it is written in. */
  readonly format?: 'misp' | undefined;
}

/** The query of: ArcSight Common Event Format. */
export interface ExportCefQuery {
  /** Only IOCs of these types, comma-separated. */
  readonly type?: IocType | readonly (IocType)[] | undefined;
  /** Only versions published strictly after this time, oldest first. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly since?: string | Date | undefined;
  /** Only these confidence levels, comma-separated. */
  readonly confidence?: ConfidenceLevel | readonly (ConfidenceLevel)[] | undefined;
  /** Only IOCs that concern these CISA sectors, comma-separated. */
  readonly industry?: Industry | readonly (Industry)[] | undefined;
  /** At most so many indicators; 100 unless said otherwise. What may be given: a number from 1 to 10000. */
  readonly limit?: number | undefined;
  /** Goes on where a page ended. What may be given: what a Link with rel="next" carries. */
  readonly cursor?: string | undefined;
  /** Whether retractions and expired indicators are included; without since they are not. */
  readonly revoked?: 'include' | 'exclude' | undefined;
  /** Only versions published at this time or before. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly until?: string | Date | undefined;
  /** Only what a source of one of these categories reports, comma-separated. */
  readonly category?: 'government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner' | readonly ('government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner')[] | undefined;
  /** Passes over so many first, at most 10,000. What may be given: a number from 0 to 10000; to go further, follow links.next, which has a cursor. */
  readonly offset?: number | undefined;
  /** Which format it is written in. */
  readonly format?: 'cef' | 'syslog' | undefined;
}

/** The query of: Sigma rules. */
export interface ExportSigmaQuery {
  /** Only IOCs of these types, comma-separated; all that the format has unless said otherwise, and one that it has not is refused. */
  readonly type?: 'ipv4' | 'ipv6' | 'domain' | 'url' | 'md5' | 'sha1' | 'sha256' | 'email' | readonly ('ipv4' | 'ipv6' | 'domain' | 'url' | 'md5' | 'sha1' | 'sha256' | 'email')[] | undefined;
  /** Only versions published strictly after this time, oldest first. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly since?: string | Date | undefined;
  /** Only these confidence levels, comma-separated. */
  readonly confidence?: ConfidenceLevel | readonly (ConfidenceLevel)[] | undefined;
  /** Only IOCs that concern these CISA sectors, comma-separated. */
  readonly industry?: Industry | readonly (Industry)[] | undefined;
  /** At most so many indicators; 100 unless said otherwise. What may be given: a number from 1 to 10000. */
  readonly limit?: number | undefined;
  /** Goes on where a page ended. What may be given: what a Link with rel="next" carries. */
  readonly cursor?: string | undefined;
  /** Whether retractions and expired indicators are included; without since they are not. */
  readonly revoked?: 'include' | 'exclude' | undefined;
  /** Only versions published at this time or before. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly until?: string | Date | undefined;
  /** Only what a source of one of these categories reports, comma-separated. */
  readonly category?: 'government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner' | readonly ('government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner')[] | undefined;
  /** Passes over so many first, at most 10,000. What may be given: a number from 0 to 10000; to go further, follow links.next, which has a cursor. */
  readonly offset?: number | undefined;
  /** Which format it is written in. */
  readonly format?: 'sigma' | undefined;
}

/** The query of: OpenIOC 1.0. */
export interface ExportOpeniocQuery {
  /** Only IOCs of these types, comma-separated; all that the format has unless said otherwise, and one that it has not is refused. */
  readonly type?: 'ipv4' | 'ipv6' | 'domain' | 'url' | 'md5' | 'sha1' | 'sha256' | 'email' | readonly ('ipv4' | 'ipv6' | 'domain' | 'url' | 'md5' | 'sha1' | 'sha256' | 'email')[] | undefined;
  /** Only versions published strictly after this time, oldest first. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly since?: string | Date | undefined;
  /** Only these confidence levels, comma-separated. */
  readonly confidence?: ConfidenceLevel | readonly (ConfidenceLevel)[] | undefined;
  /** Only IOCs that concern these CISA sectors, comma-separated. */
  readonly industry?: Industry | readonly (Industry)[] | undefined;
  /** At most so many indicators; 100 unless said otherwise. What may be given: a number from 1 to 10000. */
  readonly limit?: number | undefined;
  /** Goes on where a page ended. What may be given: what a Link with rel="next" carries. */
  readonly cursor?: string | undefined;
  /** Whether retractions and expired indicators are included; without since they are not. */
  readonly revoked?: 'include' | 'exclude' | undefined;
  /** Only versions published at this time or before. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly until?: string | Date | undefined;
  /** Only what a source of one of these categories reports, comma-separated. */
  readonly category?: 'government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner' | readonly ('government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner')[] | undefined;
  /** Passes over so many first, at most 10,000. What may be given: a number from 0 to 10000; to go further, follow links.next, which has a cursor. */
  readonly offset?: number | undefined;
  /** Which format it is written in. */
  readonly format?: 'openioc' | undefined;
}

/** The query of: Suricata rules. */
export interface ExportSuricataQuery {
  /** Only IOCs of these types, comma-separated; all that the format has unless said otherwise, and one that it has not is refused. Of them, suricata has ipv4, ipv6, domain, url; suricata-ip has ipv4, ipv6; suricata-domain has domain; suricata-md5 has md5; suricata-sha256 has sha256. */
  readonly type?: 'ipv4' | 'ipv6' | 'domain' | 'url' | 'md5' | 'sha256' | readonly ('ipv4' | 'ipv6' | 'domain' | 'url' | 'md5' | 'sha256')[] | undefined;
  /** Only versions published strictly after this time, oldest first. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly since?: string | Date | undefined;
  /** Only these confidence levels, comma-separated. */
  readonly confidence?: ConfidenceLevel | readonly (ConfidenceLevel)[] | undefined;
  /** Only IOCs that concern these CISA sectors, comma-separated. */
  readonly industry?: Industry | readonly (Industry)[] | undefined;
  /** At most so many indicators; 100 unless said otherwise. What may be given: a number from 1 to 10000. */
  readonly limit?: number | undefined;
  /** Goes on where a page ended. What may be given: what a Link with rel="next" carries. */
  readonly cursor?: string | undefined;
  /** Whether retractions and expired indicators are included; without since they are not. */
  readonly revoked?: 'include' | 'exclude' | undefined;
  /** Only versions published at this time or before. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly until?: string | Date | undefined;
  /** Only what a source of one of these categories reports, comma-separated. */
  readonly category?: 'government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner' | readonly ('government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner')[] | undefined;
  /** Passes over so many first, at most 10,000. What may be given: a number from 0 to 10000; to go further, follow links.next, which has a cursor. */
  readonly offset?: number | undefined;
  /** Which format it is written in. */
  readonly format?: 'suricata' | 'suricata-ip' | 'suricata-domain' | 'suricata-md5' | 'suricata-sha256' | undefined;
}

/** The query of: DNS response policy zone. */
export interface ExportRpzQuery {
  /** Only IOCs of these types, comma-separated; all that the format has unless said otherwise, and one that it has not is refused. */
  readonly type?: 'ipv4' | 'ipv6' | 'domain' | readonly ('ipv4' | 'ipv6' | 'domain')[] | undefined;
  /** Only versions published strictly after this time, oldest first. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly since?: string | Date | undefined;
  /** Only these confidence levels, comma-separated. */
  readonly confidence?: ConfidenceLevel | readonly (ConfidenceLevel)[] | undefined;
  /** Only IOCs that concern these CISA sectors, comma-separated. */
  readonly industry?: Industry | readonly (Industry)[] | undefined;
  /** At most so many indicators; 100 unless said otherwise. What may be given: a number from 1 to 10000. */
  readonly limit?: number | undefined;
  /** Goes on where a page ended. What may be given: what a Link with rel="next" carries. */
  readonly cursor?: string | undefined;
  /** Whether retractions and expired indicators are included; without since they are not. */
  readonly revoked?: 'include' | 'exclude' | undefined;
  /** Only versions published at this time or before. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly until?: string | Date | undefined;
  /** Only what a source of one of these categories reports, comma-separated. */
  readonly category?: 'government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner' | readonly ('government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner')[] | undefined;
  /** Passes over so many first, at most 10,000. What may be given: a number from 0 to 10000; to go further, follow links.next, which has a cursor. */
  readonly offset?: number | undefined;
  /** Which format it is written in. */
  readonly format?: 'rpz' | undefined;
}

/** The query of: Hosts file. */
export interface ExportHostsQuery {
  /** Only IOCs of these types, comma-separated; all that the format has unless said otherwise, and one that it has not is refused. */
  readonly type?: 'domain' | readonly 'domain'[] | undefined;
  /** Only versions published strictly after this time, oldest first. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly since?: string | Date | undefined;
  /** Only these confidence levels, comma-separated. */
  readonly confidence?: ConfidenceLevel | readonly (ConfidenceLevel)[] | undefined;
  /** Only IOCs that concern these CISA sectors, comma-separated. */
  readonly industry?: Industry | readonly (Industry)[] | undefined;
  /** At most so many indicators; 100 unless said otherwise. What may be given: a number from 1 to 10000. */
  readonly limit?: number | undefined;
  /** Goes on where a page ended. What may be given: what a Link with rel="next" carries. */
  readonly cursor?: string | undefined;
  /** Whether retractions and expired indicators are included; without since they are not. */
  readonly revoked?: 'include' | 'exclude' | undefined;
  /** Only versions published at this time or before. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly until?: string | Date | undefined;
  /** Only what a source of one of these categories reports, comma-separated. */
  readonly category?: 'government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner' | readonly ('government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner')[] | undefined;
  /** Passes over so many first, at most 10,000. What may be given: a number from 0 to 10000; to go further, follow links.next, which has a cursor. */
  readonly offset?: number | undefined;
  /** Which format it is written in. */
  readonly format?: 'hosts' | undefined;
}

/** The query of: Splunk lookup table. */
export interface ExportSplunkQuery {
  /** Only IOCs of these types, comma-separated. */
  readonly type?: IocType | readonly (IocType)[] | undefined;
  /** Only versions published strictly after this time, oldest first. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly since?: string | Date | undefined;
  /** Only these confidence levels, comma-separated. */
  readonly confidence?: ConfidenceLevel | readonly (ConfidenceLevel)[] | undefined;
  /** Only IOCs that concern these CISA sectors, comma-separated. */
  readonly industry?: Industry | readonly (Industry)[] | undefined;
  /** At most so many indicators; 100 unless said otherwise. What may be given: a number from 1 to 10000. */
  readonly limit?: number | undefined;
  /** Goes on where a page ended. What may be given: what a Link with rel="next" carries. */
  readonly cursor?: string | undefined;
  /** Whether retractions and expired indicators are included; without since they are not. */
  readonly revoked?: 'include' | 'exclude' | undefined;
  /** Only versions published at this time or before. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly until?: string | Date | undefined;
  /** Only what a source of one of these categories reports, comma-separated. */
  readonly category?: 'government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner' | readonly ('government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner')[] | undefined;
  /** Passes over so many first, at most 10,000. What may be given: a number from 0 to 10000; to go further, follow links.next, which has a cursor. */
  readonly offset?: number | undefined;
  /** Which format it is written in. */
  readonly format?: 'splunk' | undefined;
}

/** The query of: Elastic Common Schema. */
export interface ExportEcsQuery {
  /** Only IOCs of these types, comma-separated; all that the format has unless said otherwise, and one that it has not is refused. */
  readonly type?: 'ipv4' | 'ipv6' | 'domain' | 'url' | 'md5' | 'sha1' | 'sha256' | 'email' | readonly ('ipv4' | 'ipv6' | 'domain' | 'url' | 'md5' | 'sha1' | 'sha256' | 'email')[] | undefined;
  /** Only versions published strictly after this time, oldest first. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly since?: string | Date | undefined;
  /** Only these confidence levels, comma-separated. */
  readonly confidence?: ConfidenceLevel | readonly (ConfidenceLevel)[] | undefined;
  /** Only IOCs that concern these CISA sectors, comma-separated. */
  readonly industry?: Industry | readonly (Industry)[] | undefined;
  /** At most so many indicators; 100 unless said otherwise. What may be given: a number from 1 to 10000. */
  readonly limit?: number | undefined;
  /** Goes on where a page ended. What may be given: what a Link with rel="next" carries. */
  readonly cursor?: string | undefined;
  /** Whether retractions and expired indicators are included; without since they are not. */
  readonly revoked?: 'include' | 'exclude' | undefined;
  /** Only versions published at this time or before. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly until?: string | Date | undefined;
  /** Only what a source of one of these categories reports, comma-separated. */
  readonly category?: 'government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner' | readonly ('government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner')[] | undefined;
  /** Passes over so many first, at most 10,000. What may be given: a number from 0 to 10000; to go further, follow links.next, which has a cursor. */
  readonly offset?: number | undefined;
  /** Which format it is written in. */
  readonly format?: 'ecs' | undefined;
}

/** The query of: Microsoft Sentinel upload batches. */
export interface ExportSentinelQuery {
  /** Only IOCs of these types, comma-separated; all that the format has unless said otherwise, and one that it has not is refused. */
  readonly type?: 'ipv4' | 'ipv6' | 'domain' | 'url' | 'md5' | 'sha1' | 'sha256' | 'email' | readonly ('ipv4' | 'ipv6' | 'domain' | 'url' | 'md5' | 'sha1' | 'sha256' | 'email')[] | undefined;
  /** Only versions published strictly after this time, oldest first. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly since?: string | Date | undefined;
  /** Only these confidence levels, comma-separated. */
  readonly confidence?: ConfidenceLevel | readonly (ConfidenceLevel)[] | undefined;
  /** Only IOCs that concern these CISA sectors, comma-separated. */
  readonly industry?: Industry | readonly (Industry)[] | undefined;
  /** At most so many indicators; 100 unless said otherwise. What may be given: a number from 1 to 10000. */
  readonly limit?: number | undefined;
  /** Goes on where a page ended. What may be given: what a Link with rel="next" carries. */
  readonly cursor?: string | undefined;
  /** Whether retractions and expired indicators are included; without since they are not. */
  readonly revoked?: 'include' | 'exclude' | undefined;
  /** Only versions published at this time or before. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly until?: string | Date | undefined;
  /** Only what a source of one of these categories reports, comma-separated. */
  readonly category?: 'government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner' | readonly ('government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner')[] | undefined;
  /** Passes over so many first, at most 10,000. What may be given: a number from 0 to 10000; to go further, follow links.next, which has a cursor. */
  readonly offset?: number | undefined;
  /** Which format it is written in. */
  readonly format?: 'sentinel' | undefined;
}

/** The query of: A list of entries for a firewall. */
export interface GetFirewallListQuery {
  /** Which product reads the list, and which kind of list it is. */
  readonly profile: 'paloalto-ip' | 'paloalto-domain' | 'paloalto-url' | 'fortigate-ip' | 'fortigate-domain' | 'fortigate-url' | 'fortigate-hash' | 'pfsense' | 'opnsense';
  /** Only IOCs of these types, comma-separated; all that the format has unless said otherwise, and one that it has not is refused. Of them, paloalto-ip has ipv4, ipv6; paloalto-domain has domain; paloalto-url has url; fortigate-ip has ipv4, ipv6; fortigate-domain has domain; fortigate-url has url; fortigate-hash has md5, sha1, sha256; pfsense has ipv4, ipv6; opnsense has ipv4, ipv6. */
  readonly type?: 'ipv4' | 'ipv6' | 'domain' | 'url' | 'md5' | 'sha1' | 'sha256' | readonly ('ipv4' | 'ipv6' | 'domain' | 'url' | 'md5' | 'sha1' | 'sha256')[] | undefined;
  /** Only versions published strictly after this time, oldest first. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly since?: string | Date | undefined;
  /** Only these confidence levels, comma-separated. */
  readonly confidence?: ConfidenceLevel | readonly (ConfidenceLevel)[] | undefined;
  /** Only IOCs that concern these CISA sectors, comma-separated. */
  readonly industry?: Industry | readonly (Industry)[] | undefined;
  /** Only versions published at this time or before. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly until?: string | Date | undefined;
  /** Only what a source of one of these categories reports, comma-separated. */
  readonly category?: 'government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner' | readonly ('government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner')[] | undefined;
  /** At most so many entries; as many as the product takes unless said otherwise. What may be given: a number from 1 to as many as the profile takes. */
  readonly limit?: number | undefined;
}

/** The query of: Count IOCs. */
export interface CountIocsQuery {
  /** Only IOCs of these types, comma-separated. */
  readonly type?: IocType | readonly (IocType)[] | undefined;
  /** Only versions published strictly after this time, oldest first. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly since?: string | Date | undefined;
  /** Only these confidence levels, comma-separated. */
  readonly confidence?: ConfidenceLevel | readonly (ConfidenceLevel)[] | undefined;
  /** Only IOCs that concern these CISA sectors, comma-separated. */
  readonly industry?: Industry | readonly (Industry)[] | undefined;
  /** Whether retractions and expired indicators are included; without since they are not. */
  readonly revoked?: 'include' | 'exclude' | undefined;
  /** Only versions published at this time or before. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly until?: string | Date | undefined;
  /** Only what a source of one of these categories reports, comma-separated. */
  readonly category?: 'government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner' | readonly ('government' | 'cert' | 'vendor' | 'commercial' | 'community' | 'academic' | 'own' | 'partner')[] | undefined;
}

/** The query of: Search IOCs by their values. */
export interface SearchIocsQuery {
  /** What to search for: an IOC, or a part of one. What may be given: an IOC, or 3 to 1024 characters of one. */
  readonly q: string;
  /** Only IOCs of these types, comma-separated. */
  readonly type?: IocType | readonly (IocType)[] | undefined;
  /** At most so many IOCs; 100 unless said otherwise. What may be given: a number from 1 to 1000. */
  readonly limit?: number | undefined;
  /** Goes on where a page ended. What may be given: what meta.next_cursor carries. */
  readonly cursor?: string | undefined;
  /** Whether others from the same source document are added; they are unless this says false. */
  readonly include_related?: boolean | undefined;
}

/** The query of: STIX 2.1 bundle. */
export interface ExportStixQuery {
  /** Only IOCs of these types, comma-separated. */
  readonly type?: IocType | readonly (IocType)[] | undefined;
  /** Only versions published strictly after this time, oldest first. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly since?: string | Date | undefined;
  /** Only these confidence levels, comma-separated. */
  readonly confidence?: ConfidenceLevel | readonly (ConfidenceLevel)[] | undefined;
  /** Only IOCs that concern these CISA sectors, comma-separated. */
  readonly industry?: Industry | readonly (Industry)[] | undefined;
  /** At most so many indicators; 100 unless said otherwise. What may be given: a number from 1 to 10000. */
  readonly limit?: number | undefined;
  /** Goes on where a page ended. What may be given: what a Link with rel="next" carries. */
  readonly cursor?: string | undefined;
  /** Whether retractions and expired indicators are included; without since they are not. */
  readonly revoked?: 'include' | 'exclude' | undefined;
  /** Which version of the Traffic Light Protocol marks are written in. */
  readonly tlp_version?: '1' | '2' | undefined;
  /** Marks every indicator at least so strictly. */
  readonly tlp?: Tlp | undefined;
  /** A bundle, or the bare array of its objects. */
  readonly format?: 'bundle' | 'objects' | undefined;
  /** Exactly the STIX 2.1 standard's bundle, for clients that cannot set an Accept header. */
  readonly strict?: boolean | undefined;
  /** Whether the producer's identity comes first; it does unless this says false. */
  readonly include_identity?: boolean | undefined;
  /** Whether the TLP definition objects are sent along; with tlp_version=2 they are. */
  readonly include_markings?: boolean | undefined;
  /** Adds the vulnerabilities, techniques and malware that indicators point to. */
  readonly include?: 'related' | undefined;
}

/** The query of: Look one value up. */
export interface LookUpQuery {
  /** The value to look up. What may be given: an IOC of one of the ten types, defanged or not. */
  readonly value?: string | undefined;
  /** Another name for value. What may be given: an IOC of one of the ten types, defanged or not. */
  readonly ioc?: string | undefined;
  /** The type of the value, where it could be taken for another. */
  readonly type?: IocType | undefined;
}

/** The query of: List the reports that IOCs were extracted from. */
export interface ListArticlesQuery {
  /** Only articles whose title, summary, names or tags have all of these words. What may be given: up to 20 words and "phrases in quotes", 200 characters at most. */
  readonly q?: string | undefined;
  /** Only articles about one of these, comma-separated. */
  readonly category?: 'ransomware' | 'malware' | 'phishing' | 'vulnerability' | 'espionage' | 'botnet' | 'supply-chain' | 'data-breach' | 'denial-of-service' | 'cryptojacking' | 'fraud' | readonly ('ransomware' | 'malware' | 'phishing' | 'vulnerability' | 'espionage' | 'botnet' | 'supply-chain' | 'data-breach' | 'denial-of-service' | 'cryptojacking' | 'fraud')[] | undefined;
  /** Only articles of these severities, comma-separated. */
  readonly severity?: 'critical' | 'high' | 'medium' | 'low' | readonly ('critical' | 'high' | 'medium' | 'low')[] | undefined;
  /** Only articles in which IOCs were found, or in which none were. */
  readonly has_iocs?: boolean | undefined;
  /** Only articles that name this group. What may be given: the name of a group, 100 characters at most. */
  readonly threat_actor?: string | undefined;
  /** Only articles in which one of these CISA sectors was attacked, comma-separated. */
  readonly industry?: Industry | readonly (Industry)[] | undefined;
  /** Only articles that name this technique, or one of its sub-techniques. What may be given: the id of an ATT&CK technique or tactic: T1059, T1059.001, TA0011. */
  readonly mitre_technique?: string | undefined;
  /** Only articles published at this time or later. What may be given: a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z. */
  readonly since?: string | Date | undefined;
  /** At most so many articles; 30 unless said otherwise. What may be given: a number from 1 to 1000. */
  readonly limit?: number | undefined;
  /** Goes on where a page ended. What may be given: what meta.next_cursor says. */
  readonly cursor?: string | undefined;
  /** How the list is written. */
  readonly format?: 'json' | 'csv' | 'ndjson' | undefined;
}

/** The query of: Tell what a key did. */
export interface GetKeyUsageQuery {
  /** So many days, today the last of them; 30 unless said otherwise. What may be given: a number from 1 to 400. */
  readonly days?: string | undefined;
}

/** The query of: Tell whether an IOC was sent to a key, and when. */
export interface GetKeyReceiptsQuery {
  /** The value that may have been sent. What may be given: an IOC of one of the ten types, defanged or not. */
  readonly value?: string | undefined;
  /** The type of the value, where it could be taken for another. */
  readonly type?: IocType | undefined;
}

/** The query of each operation that takes one. */
export interface Queries {
  readonly listIocs: ListIocsQuery;
  readonly exportMisp: ExportMispQuery;
  readonly exportCef: ExportCefQuery;
  readonly exportSigma: ExportSigmaQuery;
  readonly exportOpenioc: ExportOpeniocQuery;
  readonly exportSuricata: ExportSuricataQuery;
  readonly exportRpz: ExportRpzQuery;
  readonly exportHosts: ExportHostsQuery;
  readonly exportSplunk: ExportSplunkQuery;
  readonly exportEcs: ExportEcsQuery;
  readonly exportSentinel: ExportSentinelQuery;
  readonly getFirewallList: GetFirewallListQuery;
  readonly countIocs: CountIocsQuery;
  readonly searchIocs: SearchIocsQuery;
  readonly exportStix: ExportStixQuery;
  readonly lookUp: LookUpQuery;
  readonly listArticles: ListArticlesQuery;
  readonly getKeyUsage: GetKeyUsageQuery;
  readonly getKeyReceipts: GetKeyReceiptsQuery;
}

/** The path of each operation that reads. */
export const PATHS = {
  listIocs: '/api/v1/iocs',
  exportMisp: '/api/v1/iocs/misp',
  exportCef: '/api/v1/iocs/cef',
  exportSigma: '/api/v1/iocs/sigma',
  exportOpenioc: '/api/v1/iocs/openioc',
  exportSuricata: '/api/v1/iocs/suricata',
  exportRpz: '/api/v1/iocs/rpz',
  exportHosts: '/api/v1/iocs/hosts',
  exportSplunk: '/api/v1/iocs/splunk',
  exportEcs: '/api/v1/iocs/ecs',
  exportSentinel: '/api/v1/iocs/sentinel',
  getFirewallList: '/api/v1/iocs/firewall',
  countIocs: '/api/v1/iocs/count',
  searchIocs: '/api/v1/iocs/search',
  getStatistics: '/api/v1/iocs/stats',
  exportStix: '/api/v1/iocs/stix',
  lookUp: '/api/v1/lookup',
  explainIoc: '/api/v1/iocs/{id}/why',
  listArticles: '/api/v1/articles',
  getArticle: '/api/v1/articles/{id}',
  getMispFeedManifest: '/api/v1/misp/feed/manifest.json',
  getMispFeedHashes: '/api/v1/misp/feed/hashes.csv',
  getMispFeedEvent: '/api/v1/misp/feed/{event}',
  getSession: '/api/v1/session',
  listKeys: '/api/v1/keys',
  getKey: '/api/v1/keys/{id}',
  getKeyUsage: '/api/v1/keys/{id}/usage',
  getKeyReceipts: '/api/v1/keys/{id}/receipts',
  showDocs: '/docs',
  getDocsAsset: '/docs/{asset}',
  getOpenApi: '/api/openapi.json',
} as const;
