import type { Sector } from '../model/sector.ts';

const COMPANIES = String.raw`(?:sectors?|industr(?:y|ies)|compan(?:y|ies)|firms?|organi[sz]ations?|providers?|operators?|entities)`;

/**
 * Phrases that name a sector. A single word seldom does: `water`, `power`, `bank` and `energy` are common in other senses,
 * so they count with a noun that makes a sector of them.
 */
const PHRASES: Readonly<Record<Sector, string>> = {
  chemical: `(?:petro)?chemicals? (?:${COMPANIES}|plants?|manufacturers?)`,
  'commercial-facilities': `(?:retail|hospitality|hotel|casino) (?:${COMPANIES}|chains?)|retailers|hotels|casinos|shopping malls`,
  communications: `tele(?:coms?|communications?) (?:${COMPANIES}|carriers?|networks?)|mobile (?:network )?operators?|internet service providers|broadcasters|satellite operators`,
  'critical-manufacturing': `(?:manufacturing|automotive|steel|semiconductor) (?:${COMPANIES}|manufacturers?|makers?)`,
  dams: 'hydro(?:electric|power) (?:dams?|plants?|facilities)|dam operators',
  'defense-industrial-base': `defen[cs]e (?:${COMPANIES}|industrial base|contractors?)|military contractors?|weapons manufacturers?|arms manufacturers?`,
  'emergency-services': 'emergency services|fire departments|first responders|police (?:departments|forces)',
  energy: `energy (?:${COMPANIES}|infrastructure)|electric(?:al|ity)? (?:${COMPANIES}|utilit(?:y|ies)|grids?)|(?<!nuclear )power (?:${COMPANIES}|grids?|plants?|utilit(?:y|ies))|oil (?:and|&) gas|(?:oil|petroleum|natural gas) ${COMPANIES}|pipeline operators?`,
  'financial-services': `financial (?:${COMPANIES}|services|institutions?)|banking (?:${COMPANIES}|institutions?|customers)|banks|(?:central|commercial|national) bank|insurance ${COMPANIES}|cryptocurrency exchanges?|payment processors?|credit unions?|stock exchanges?`,
  'food-and-agriculture': `(?:food|agricultur(?:e|al)) (?:${COMPANIES}|producers?)|agribusiness(?:es)?`,
  government: `government(?:al)? (?:sectors?|agenc(?:y|ies)|entities|organi[sz]ations?|institutions?|bodies|networks?|officials?|departments?|employees|offices)|ministr(?:y|ies) of|ministries|embass(?:y|ies)|diplomatic (?:missions?|entities|targets|organi[sz]ations?)|diplomats|public sector|municipalities|parliaments?`,
  healthcare: `health ?care|hospitals?|medical (?:${COMPANIES}|institutions?|facilities|centers|centres)|pharmaceutical ${COMPANIES}`,
  'information-technology': `(?:it|information technology) (?:sector|industry|compan(?:y|ies)|service providers?)|managed service providers?|software (?:vendors?|compan(?:y|ies)|industry)|cloud service providers?|technology (?:sector|compan(?:y|ies)|firms)`,
  nuclear: `nuclear (?:${COMPANIES}|power|plants?|facilit(?:y|ies)|reactors?|research|energy)`,
  transportation: `airlines?|airports?|aviation ${COMPANIES}|railways?|rail operators?|(?:shipping|maritime|logistics|transport(?:ation)?|freight) ${COMPANIES}`,
  water: `water (?:utilit(?:y|ies)|treatment|supply|supplies|sectors?|authorit(?:y|ies)|compan(?:y|ies))|drinking[- ]water|waste ?water|sewage`,
};

/** Each sector with what names it in a sentence. */
export const SECTOR_PHRASES: readonly (readonly [Sector, RegExp])[] = Object.entries(PHRASES).map(
  ([sector, phrase]) => [sector as Sector, new RegExp(String.raw`\b(?:${phrase})\b`, 'i')],
);

/** A sentence tells of a sector what is done to it. Others speak of who warns, investigates or reports. */
export const SPEAKS_OF_VICTIMS =
  /\b(?:target(?:s|ed|ing)?|attack(?:s|ed|ing)?|against|victims?|compromis(?:es|ed|ing)|hit(?:s|ting)?|infect(?:s|ed|ing)|breach(?:es|ed|ing)|espionage|spear-?phish\w*|intrusions?|sabotage|disrupt(?:s|ed|ing)|aimed)\b/i;

/** Words before a phrase that make it somebody who acts, not a victim: `according to government agencies`. */
export const SPEAKS_OF_OTHERS =
  /\b(?:by|according to|together with|cooperation with|collaboration with|help of|thanks to|assist(?:s|ed|ing)?|help(?:s|ed|ing)?|protect(?:s|ed|ing)?|reported to)(?: \w+){0,3}$/i;

/** Tags that name a sector by themselves. What begins with `sector:` and the like may name any, see `sectorNamed`. */
export const SECTOR_TAGS: Readonly<Record<string, Sector>> = {
  healthcare: 'healthcare',
  hospitals: 'healthcare',
  government: 'government',
  'public sector': 'government',
  telecommunications: 'communications',
  telecom: 'communications',
  aviation: 'transportation',
  airlines: 'transportation',
  'financial services': 'financial-services',
  'energy sector': 'energy',
  'oil and gas': 'energy',
  'water utility': 'water',
  wastewater: 'water',
  'defense industrial base': 'defense-industrial-base',
  'critical manufacturing': 'critical-manufacturing',
};
