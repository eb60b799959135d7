import type { Setting } from './setting.ts';
import type { ProseValue } from './values.ts';
import type { Verdict } from './verdict.ts';

/** What says of the very next name that it belongs to the attack. */
const ATTACK =
  /\b(?:talk(?:s|ed|ing)? to|connect(?:s|ed|ing|ion|ions)? (?:to|with)|contact(?:s|ed|ing)|beacon(?:s|ed|ing)? to|(?:phone|call)(?:s|ed|ing)? home to|download(?:s|ed|ing)? (?:\S+ ){0,4}from|(?:fetch|fetche[sd]|fetching) (?:\S+ ){0,4}from|retriev(?:es|ed|ing) (?:\S+ ){0,4}from|exfiltrat\w+ (?:\S+ ){0,4}to|sen(?:ds|t|ding) (?:\S+ ){0,4}to|communicat\w+ with|redirect\w* (?:\S+ ){0,3}to|(?:c2|c&c|command[- ]and[- ]control|malicious|phishing|attacker[- ]controlled|rogue|fake|payload|exfiltration|staging) (?:(?:servers?|domains?|hosts?|sites?|websites?|urls?|panels?|addresses|infrastructure|pages?)\s?)?(?:(?:is|was|are|were)? ?(?:(?:hosted |located )?(?:at|on)|of|named|called|:|,|\()|is|was|are|were)?)[\s"'`\u201c(*]{0,4}$/i;

/** What downloads or looks up, with its arguments so far. */
const COMMAND =
  /\b(?:curl|wget|powershell|certutil|bitsadmin|mshta|msiexec|invoke-\w{3,20}|download(?:string|file|data)\w{0,8}|iwr|irm|iex|nslookup|ncat|netcat|tftp|regsvr32|urldownloadtofile\w?|requests\.\w{3,8}|urlopen|xmlhttp|winhttp)\b(?:[^\n.]|\.(?=\S)){0,160}[\s"'(=,]$/i;

/** Whether the words right before a name say that it belongs to the attack. */
export function isAttacked(before: string): boolean {
  return ATTACK.test(before.slice(-ATTACK_REACH));
}

/** Whether a name is an argument of a command that downloads or looks up. */
export function isArgument(before: string): boolean {
  return COMMAND.test(before);
}

/** Whether a field right before a value says that it is where something comes from. */
export function isSource(before: string): boolean {
  return SOURCE_FIELD.test(before.slice(-SOURCE_REACH));
}

const ATTACK_REACH = 80;
const SOURCE_REACH = 40;

/** What the sentence around a plain name or link says of it. */
export function bySentence({ before, tone, link }: Setting): Verdict {
  if (link !== undefined) return 'no';
  if (isAttacked(before)) return 'meant';
  if (tone === 'informative') return 'no';
  if (isArgument(before)) return 'meant';
  return tone === 'hostile' ? 'plain' : 'weak';
}

/** `domain,`, `Host: "` and the like right before a name. */
const NAME_LABEL = label(
  String.raw`domain(?:[-_ ]name)?|(?:\w{0,20}[._-]?)host(?:[-_ ]?name)?|fqdn|c2|c&c|(?:dns\.?)?query(?:name)?`,
);
const URL_LABEL = label('ur[il]');
const LABEL_REACH = 32;

/** Whether a field or label right before a value, or its column, says that it is a host's name. */
export function isCalledName({ start }: ProseValue, { text, block, column }: Setting): boolean {
  if (column !== undefined && /\b(?:domain|host|fqdn|c2)/i.test(column)) return true;
  return NAME_LABEL.test(text.slice(Math.max(block.start, start - LABEL_REACH), start));
}

/** Whether a field or label right before a value, or its column, says that it is a URL. */
export function isCalledUrl({ start }: ProseValue, setting: Setting): boolean {
  const { text, block, column } = setting;
  if (column !== undefined && /\b(?:ur[li]s?|link)\b/i.test(column) && !isInSourceColumn(setting))
    return true;
  return URL_LABEL.test(text.slice(Math.max(block.start, start - LABEL_REACH), start));
}

/** A kind of value right before one: as a field of its own, or with a colon or equals sign. */
function label(names: string): RegExp {
  const name = `(?:${names})s?`;
  const field = String.raw`(?:^|[\n\t,;|]\s{0,2})["']?${name}["']?(?:[,;\t]|\s{0,9}\|\s{0,2})["'\x60]?`;
  const assignment = String.raw`(?:^|[\s,;|"'({[>])${name}(?:\|\w{1,20}){0,3}["']?\s{0,2}[:=]\s{0,2}["'\x60]?\.?`;
  return new RegExp(`(?:${field}|${assignment})$`, 'i');
}

/** Fields of rules, scripts and documents that name where something comes from. */
const SOURCE_FIELD =
  /\b(?:references?|refs?|author|source|licen[cs]e|homepage|documentation|docs|description|schema|xmlns(?::\w+)?|@?id|@context|doctype|see|credits?|contact|report|blog|more info)\b["'`]?\s{0,3}(?:[:=]|:\s{0,3}url,|,\s{0,3}url,|:?url,)\s{0,3}["'`<([]{0,2}$|\breference:\s{0,3}url,\s{0,3}$|\b(?:src|srcset|href)=["']?$/i;
const SOURCE_COLUMN =
  /^(?:external )?(?:references?|sources?|links?|reports?|blogs?(?: posts?)?|articles?|publications?|vendor|credits?|url of report|more info(?:rmation)?|documentation|advisory)$/i;

/** Whether a value stands in a column that names where something comes from. */
export function isInSourceColumn({ column }: Setting): boolean {
  return column !== undefined && SOURCE_COLUMN.test(column);
}
