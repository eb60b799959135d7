/** Every rule by which the gate holds a value back, with a sentence for people. */
export const HOLD_RULES = {
  operator_allow: 'the operator’s allow list covers it',
  special_use: 'a special-use address or name, which nobody outside can own',
  too_broad: 'a network so large that to block it would hit bystanders',
  public_resolver: 'a public DNS resolver',
  known_hash: 'the hash of an empty or well-known harmless file',
  popular_site: 'among the most visited sites',
  mail_provider: 'a provider of mailboxes for everybody',
  shared_host: 'a host that many parties share: a URL on it may pass, the host never',
  cloud_range: 'an address of a cloud or content network that many parties share',
  warninglist: 'on a warninglist',
  own_domain: 'the domain of the feed, or of the article, that reports it',
} as const;

export type HoldRule = keyof typeof HOLD_RULES;

/** Why a value may not be published. */
export interface Hold {
  readonly rule: HoldRule;
  /** The list that has it, by its name: `Top 1000 of Tranco`, `operator`. */
  readonly list: string;
  /** The entry that covers the value: `google.com`, `192.0.2.0/24`. */
  readonly entry: string;
}
