import { readFileSync } from 'node:fs';

const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  engines: { node: string };
};

/** The oldest Node that the package admits, as `24.15`: older ones lack what is used, and mends of known flaws. */
export const OLDEST_NODE = engines.node.replace(/^>=/, '');

/** Why the program cannot run on Node of this version, such as `24.15.0`, and what to do; undefined when it can. */
export function nodeTooOld(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE.split('.').map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return undefined;
  return `Node ${version} is too old: SOC Defenders needs ${OLDEST_NODE} or newer. "npm ci" brings it into node_modules/.bin.`;
}
