/** A word of sources, the ATT&CK technique or tactic that follows from it, and why it does. */
interface TechniqueWord {
  /** As tags, threat types or parts of a family's name, in any spelling. */
  readonly words: readonly string[];
  /** Phrases from which it follows in a text as well. */
  readonly phrases?: RegExp;
  readonly id: string;
  readonly why: string;
  /** It is said of where something is, not of a file or a sender. */
  readonly ofPlaces?: true;
}

/**
 * Only what follows from the word itself. So `stealer`, `rat` and `exploit` are not here: each may be one of several
 * techniques.
 */
export const TECHNIQUE_WORDS: readonly TechniqueWord[] = [
  {
    words: ['phishing', 'spearphishing', 'phish'],
    phrases: /\b(?:spear-?)?phishing (?:pages?|sites?|domains?|urls?|kits?|e-?mails?|campaigns?|attacks?)\b/i,
    id: 'T1566',
    why: 'phishing is the technique itself, whichever of its kinds',
  },
  {
    words: ['smishing'],
    phrases: /\bsmishing\b/i,
    id: 'T1660',
    why: 'phishing by SMS is a kind of phishing of phones',
  },
  { words: ['vishing'], id: 'T1566.004', why: 'voice phishing is that technique' },
  {
    words: ['botnet_cc', 'c2', 'c&c', 'c2 server', 'cc', 'command and control', 'c2-server', 'cnc'],
    phrases: /\b(?:c2|c&c|command[- ]and[- ]control) (?:servers?|domains?|addresse?s?|infrastructure)\b/i,
    id: 'TA0011',
    why: 'it serves command and control; over which protocol the word does not tell',
  },
  {
    words: ['malware_download', 'payload_delivery', 'malware hosting', 'malware distribution'],
    id: 'T1608.001',
    why: 'malware has been put there to be fetched',
    ofPlaces: true,
  },
  { words: ['ransomware', 'ransom'], id: 'T1486', why: 'ransomware is what encrypts data for impact' },
  {
    words: [
      'coinminer',
      'cryptominer',
      'cryptomining',
      'cryptojacking',
      'xmrig',
      'coinmining',
      'monerominer',
    ],
    phrases: /\b(?:cryptojacking|crypto-?miners?|coin-?miners?)\b/i,
    id: 'T1496.001',
    why: 'mining takes the victim’s computing power',
  },
  { words: ['keylogger'], id: 'T1056.001', why: 'a keylogger logs keys' },
  {
    words: ['webshell', 'web shell'],
    phrases: /\bweb ?shells?\b/i,
    id: 'T1505.003',
    why: 'a web shell is the technique itself',
  },
  {
    words: ['bruteforce', 'brute-force', 'ssh bruteforce', 'bruteforcer', 'bruteforceblocker'],
    phrases: /\bbrute[- ]forc(?:e|ing)\b/i,
    id: 'T1110',
    why: 'guessing passwords is the technique itself',
  },
  { words: ['password spraying', 'passwordspray'], id: 'T1110.003', why: 'the technique itself' },
  { words: ['credential stuffing'], id: 'T1110.004', why: 'the technique itself' },
  { words: ['scanner', 'scanning', 'port scan', 'portscan'], id: 'T1595', why: 'it scans others’ systems' },
  { words: ['ddos', 'ddosagent', 'ddos botnet'], id: 'T1498', why: 'a flood that denies service' },
  {
    words: ['clickfix', 'fakecaptcha', 'pastejacking', 'filefix'],
    id: 'T1204.004',
    why: 'the victim is made to paste and run a command',
  },
  {
    words: ['dga', 'domain generation algorithm'],
    phrases: /\bdomain generation algorithms?\b/i,
    id: 'T1568.002',
    why: 'the technique itself',
  },
  { words: ['fastflux', 'fast flux', 'doubleflux'], id: 'T1568.001', why: 'the technique itself' },
  { words: ['domain fronting'], id: 'T1090.004', why: 'the technique itself' },
  {
    words: ['tor exit', 'tor exit node', 'torexit'],
    id: 'T1090.003',
    why: 'Tor is a chain of proxies',
    ofPlaces: true,
  },
  {
    words: ['typosquatting', 'typosquat', 'lookalike domain'],
    phrases: /\btypo-?squat(?:s|ted|ting)?\b/i,
    id: 'T1583.001',
    why: 'somebody registered a name that looks like another',
    ofPlaces: true,
  },
  { words: ['seopoisoning', 'seo poisoning'], id: 'T1608.006', why: 'the technique itself', ofPlaces: true },
  { words: ['malvertising'], id: 'T1583.008', why: 'the technique itself' },
  {
    words: ['watering hole', 'drive-by', 'drive-by download', 'exploit kit', 'exploitkit'],
    phrases: /\bwatering[- ]hole\b|\bdrive-by downloads?\b/i,
    id: 'T1189',
    why: 'the victim is attacked by visiting a site',
  },
  {
    words: ['supply chain', 'supply chain attack', 'supply-chain-compromise'],
    id: 'T1195',
    why: 'the technique itself',
  },
  { words: ['rootkit'], id: 'T1014', why: 'a rootkit is the technique itself' },
  { words: ['bootkit'], id: 'T1542.003', why: 'a bootkit is the technique itself' },
  { words: ['wiper'], id: 'T1485', why: 'a wiper destroys data' },
  { words: ['rmm', 'rogue rmm'], id: 'T1219', why: 'remote management software, used by an attacker' },
  { words: ['powershell'], id: 'T1059.001', why: 'it is run by PowerShell' },
  { words: ['mshta'], id: 'T1218.005', why: 'it is run by mshta' },
  {
    words: ['dll sideloading', 'dll side-loading', 'sideloading'],
    id: 'T1574.001',
    why: 'the technique itself',
  },
  { words: ['evilginx', 'aitm phishing', 'aitm'], id: 'T1557', why: 'it stands between victim and service' },
  { words: ['defacement'], id: 'T1491', why: 'the technique itself' },
  { words: ['clipper', 'clipbanker'], id: 'T1115', why: 'it reads and changes the clipboard' },
];
