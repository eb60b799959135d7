import type { ArticleCategory } from '../model/article.ts';

/** What a report is about, and the words that say so. */
export const REPORT_TOPICS: readonly (readonly [ArticleCategory, RegExp])[] = [
  ['ransomware', /\bransomware\b|\bdouble[- ]extortion\b/i],
  [
    'malware',
    /\bmalware\b|\btrojans?\b|\bbackdoors?\b|\b(?:info)?-?stealers?\b|\bspyware\b|\brootkits?\b|\bwipers?\b|\bRATs?\b/i,
  ],
  ['phishing', /\b(?:spear-?|quish|smish|vish)?phish(?:ing|ed)?\b|\bcredential harvesting\b/i],
  [
    'vulnerability',
    /\bCVE-\d{4}-\d{4,}|\bvulnerabilit(?:y|ies)\b|\bzero-?days?\b|\b0-?days?\b|\bremote code execution\b/i,
  ],
  ['espionage', /\bespionage\b|\bnation[- ]state\b|\bstate[- ]sponsored\b|\bAPT(?:s|[- ]?\d+)?\b/i],
  ['botnet', /\bbotnets?\b/i],
  ['supply-chain', /\bsupply[- ]chain\b|\b(?:malicious|trojani[sz]ed) (?:npm |PyPI )?packages?\b/i],
  ['data-breach', /\bdata (?:breach(?:es)?|leaks?|theft)\b|\bexfiltrat(?:ed?|ion|ing)\b|\bstolen data\b/i],
  ['denial-of-service', /\bDDoS\b|\bdenial[- ]of[- ]service\b/i],
  ['cryptojacking', /\bcryptojack\w*|\b(?:crypto|coin)-?min(?:er|ers|ing)\b/i],
  ['fraud', /\bfraud\w*|\bscam(?:s|mers?)?\b|\bbusiness e-?mail compromise\b/i],
];

/** A text says that what it tells of is being done, not only possible. */
export const SAYS_EXPLOITED =
  /\bexploit(?:ed|ation|ing)\b.{0,80}\bin the wild\b|\bin the wild\b.{0,40}\bexploit|\bactive(?:ly)? exploit(?:ed|ing|ation)\b|\bzero-?days?\b|\b0-?days?\b|\bunder active attack\b/i;
