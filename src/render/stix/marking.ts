import { type Tlp, TLP_MARKINGS, tlpMarkingId, type TlpVersion } from '../../model/marking.ts';

const TLP2_EXTENSION = 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d';

/**
 * The definition objects of every TLP marking from `atLeast` on, as compact JSON: those of STIX 2.1 §7.2.1.4
 * for TLP 1, and those that OASIS publishes among its common objects for TLP 2.
 */
export function renderTlpDefinitions(version: TlpVersion, atLeast: Tlp): string[] {
  const markings = TLP_MARKINGS.slice(TLP_MARKINGS.indexOf(atLeast));
  return markings.map((tlp) => JSON.stringify(definition(tlp, version)));
}

function definition(tlp: Tlp, version: TlpVersion): object {
  const common = { type: 'marking-definition', spec_version: '2.1', id: tlpMarkingId(tlp, version) };
  // TLP 1 has no amber+strict: it is marked with, and defined by, version 2.
  if (version === 2 || tlp === 'amber+strict') {
    return {
      ...common,
      created: '2022-10-01T00:00:00.000Z',
      name: `TLP:${tlp.toUpperCase()}`,
      extensions: { [TLP2_EXTENSION]: { extension_type: 'property-extension', tlp_2_0: tlp } },
    };
  }
  const word = tlp === 'clear' ? 'white' : tlp;
  return {
    ...common,
    created: '2017-01-20T00:00:00.000Z',
    definition_type: 'tlp',
    name: `TLP:${word.toUpperCase()}`,
    definition: { tlp: word },
  };
}
