import table from './attack-table.json' with { type: 'json' };

/** A technique or tactic of MITRE ATT&CK: enterprise, mobile or ICS, retired ones included. */
export interface AttackEntry {
  /** `T1059`, `T1059.001` or `TA0002`. */
  readonly id: string;
  readonly name: string;
  /**
   * As an indicator carries them (STIX 2.1 §2.11): a technique's tactics, or the tactic itself; none for
   * some retired ones.
   */
  readonly killChainPhases: readonly KillChainPhase[];
  readonly isTactic: boolean;
}

export interface KillChainPhase {
  readonly kill_chain_name: string;
  readonly phase_name: string;
}

const TABLE = new Map<string, readonly string[]>(Object.entries(table));

/** The technique or tactic of an upper-case id, or undefined when ATT&CK has none. Constant time. */
export function findTechnique(id: string): AttackEntry | undefined {
  const [name, chain, ...phases] = TABLE.get(id) ?? [];
  if (name === undefined) return undefined;
  return {
    id,
    name,
    killChainPhases: chain === undefined ? [] : phases.map((phase) => phaseOf(chain, phase)),
    isTactic: id.startsWith('TA'),
  };
}

function phaseOf(chain: string, phase: string): KillChainPhase {
  return { kill_chain_name: chain, phase_name: phase };
}
