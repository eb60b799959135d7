import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { findTechnique } from '../../src/model/attack.ts';
import { sharedData } from '../shared-data.ts';

test('a technique has its name and the phases of all its tactics', () => {
  assert.deepEqual(findTechnique('T1053'), {
    id: 'T1053',
    name: 'Scheduled Task/Job',
    killChainPhases: ['execution', 'persistence', 'privilege-escalation'].map((phase) => ({
      kill_chain_name: 'mitre-attack',
      phase_name: phase,
    })),
    isTactic: false,
  });
});

test('a sub-technique is found by its dotted id', () => {
  assert.equal(findTechnique('T1059.001')?.name, 'PowerShell');
});

test('a tactic is its own phase', () => {
  assert.deepEqual(findTechnique('TA0001'), {
    id: 'TA0001',
    name: 'Initial Access',
    killChainPhases: [{ kill_chain_name: 'mitre-attack', phase_name: 'initial-access' }],
    isTactic: true,
  });
});

test('mobile and ICS entries are in their own kill chains', () => {
  assert.equal(findTechnique('TA0027')?.killChainPhases[0]?.kill_chain_name, 'mitre-mobile-attack');
  assert.equal(findTechnique('T0800')?.killChainPhases[0]?.kill_chain_name, 'mitre-ics-attack');
});

test('a retired technique is still known, if need be without phases', () => {
  assert.deepEqual(findTechnique('T1425')?.killChainPhases, []);
});

test('ids that ATT&CK does not have are undefined, names of object members included', () => {
  for (const id of ['T9999', 'T1059.999', 'TA9999', 't1059', '', 'constructor', '__proto__'])
    assert.equal(findTechnique(id), undefined);
});

test('the table holds every technique and tactic of the source data', (t) => {
  const folder = sharedData(t, 'attack');
  if (folder === undefined) return;
  for (const file of ['enterprise_techniques.json', 'mobile_ics_techniques.json', 'tactics.json'])
    for (const entry of JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as {
      id: string;
      name: string;
    }[])
      assert.equal(findTechnique(entry.id)?.name, entry.name);
});
