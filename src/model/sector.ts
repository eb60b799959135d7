/** The 16 critical-infrastructure sectors of CISA as slugs; a sector's position is its code in the store. */
export const SECTORS = [
  'chemical',
  'commercial-facilities',
  'communications',
  'critical-manufacturing',
  'dams',
  'defense-industrial-base',
  'emergency-services',
  'energy',
  'financial-services',
  'food-and-agriculture',
  'government',
  'healthcare',
  'information-technology',
  'nuclear',
  'transportation',
  'water',
] as const;

export type Sector = (typeof SECTORS)[number];

/** Other names in use for a sector. Keys are slugs: lower case, words joined by hyphens. */
export const SECTOR_ALIASES: Readonly<Record<string, Sector>> = {
  chemicals: 'chemical',
  commercial: 'commercial-facilities',
  retail: 'commercial-facilities',
  communication: 'communications',
  telecom: 'communications',
  telecoms: 'communications',
  telecommunications: 'communications',
  manufacturing: 'critical-manufacturing',
  dam: 'dams',
  defence: 'defense-industrial-base',
  defense: 'defense-industrial-base',
  'defence-industrial-base': 'defense-industrial-base',
  dib: 'defense-industrial-base',
  emergency: 'emergency-services',
  oil: 'energy',
  gas: 'energy',
  'oil-and-gas': 'energy',
  electricity: 'energy',
  power: 'energy',
  finance: 'financial-services',
  financial: 'financial-services',
  banking: 'financial-services',
  food: 'food-and-agriculture',
  agriculture: 'food-and-agriculture',
  'government-facilities': 'government',
  'government-services-and-facilities': 'government',
  'public-sector': 'government',
  health: 'healthcare',
  'health-care': 'healthcare',
  'healthcare-and-public-health': 'healthcare',
  'public-health': 'healthcare',
  it: 'information-technology',
  technology: 'information-technology',
  'nuclear-reactors-materials-and-waste': 'nuclear',
  transport: 'transportation',
  'transportation-systems': 'transportation',
  'water-and-wastewater': 'water',
  'water-and-wastewater-systems': 'water',
  wastewater: 'water',
};

/** Reads a sector's slug or alias in any case, words joined by spaces, `_`, `-` or `&`; else undefined. */
export function parseSector(text: string): Sector | undefined {
  const slug = text
    .trim()
    .toLowerCase()
    .replaceAll('&', ' and ')
    .replaceAll(/[\s_,/-]+/g, '-');
  if ((SECTORS as readonly string[]).includes(slug)) return slug as Sector;
  return Object.hasOwn(SECTOR_ALIASES, slug) ? SECTOR_ALIASES[slug] : undefined;
}
