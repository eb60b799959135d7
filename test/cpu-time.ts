/**
 * How much time of a processor this process has used, in milliseconds: a limit on it holds however busy the machine is
 * with something else.
 */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
