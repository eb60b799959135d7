import { findTechnique } from '../model/attack.ts';
import { accepted, refused } from './normalised.ts';
import type { Normalised } from './normalised.ts';

/** The normal form of an ATT&CK id: upper case, of a technique or tactic that exists. */
export function normaliseTechnique(text: string): Normalised {
  const id = text.toUpperCase();
  return findTechnique(id) === undefined
    ? refused('unknown_technique', 'such as T1059, T1059.001 or TA0002 is expected')
    : accepted('mitre-attack', id);
}
