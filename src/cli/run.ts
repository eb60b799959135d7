import { ConfigError } from '../config.ts';
import { nearestName } from '../model/nearest.ts';
import { InputError } from '../parse/format.ts';
import { StoreError } from '../store/store.ts';
import { type Command, commandHelp, EXIT, parseCommandLine, type Terminal, UsageError } from './command.ts';
import { VERSION } from './version.ts';

/**
 * Where every command is, in the order of the overview. A command is loaded once it is asked for: most need but a part
 * of the program, and start in half of the time.
 */
const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['serve', async () => (await import('./serve.ts')).serveCommand],
  ['demo', async () => (await import('./demo.ts')).demoCommand],
  ['import', async () => (await import('./import.ts')).importCommand],
  ['convert', async () => (await import('./convert.ts')).convertCommand],
  ['export', async () => (await import('./export.ts')).exportCommand],
  ['feed', async () => (await import('./feed.ts')).feedCommand],
  ['gate', async () => (await import('./gate.ts')).gateCommand],
  ['key', async () => (await import('./key.ts')).keyCommand],
  ['account', async () => (await import('./account.ts')).accountCommand],
  ['runs', async () => (await import('./runs.ts')).runsCommand],
  ['why', async () => (await import('./why.ts')).whyCommand],
  ['doctor', async () => (await import('./doctor.ts')).doctorCommand],
]);

/** Every command, in the order of the overview. */
export function loadCommands(): Promise<Command[]> {
  return Promise.all(COMMANDS.values().map((load) => load()));
}

/** Runs the command that `args` name and returns the exit code: see `EXIT`. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = inOrder(args);
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    await terminal.write(overview(await loadCommands()));
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  if (name === '--version' || name === '-V') {
    await terminal.write(`${VERSION}\n`);
    return EXIT.ok;
  }
  const command = await COMMANDS.get(name)?.();
  if (command === undefined) {
    const near = nearestName(name, [...COMMANDS.keys()]);
    const hint = near === undefined ? '' : ` Did you mean ${near}?`;
    terminal.say(`There is no command ${name}.${hint} See: soc-defenders --help`);
    return EXIT.usage;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    await terminal.write(commandHelp(command));
    return EXIT.ok;
  }
  try {
    const { values, operands } = parseCommandLine(command, rest);
    return await command.run(values, operands, terminal);
  } catch (error) {
    return explain(error, terminal);
  }
}

/** `help import` is `import --help`. */
function inOrder(args: readonly string[]): readonly string[] {
  const [first, command] = args;
  return first === 'help' && command !== undefined ? [command, '--help'] : args;
}

function explain(error: unknown, terminal: Terminal): number {
  if (error instanceof UsageError || error instanceof ConfigError) {
    terminal.say(error.message);
    return EXIT.usage;
  }
  if (error instanceof InputError) {
    terminal.say(`${error.place}: ${error.message}`);
    return EXIT.input;
  }
  if (error instanceof StoreError) {
    terminal.say(`The store: ${error.message}.`);
    return EXIT.failed;
  }
  if (terminal.signal.aborted && error instanceof Error && error.name === 'AbortError') {
    terminal.say('Stopped. What was under way goes on with the next run.');
    return EXIT.failed;
  }
  terminal.say(`Unexpected failure: ${(error as Error).stack ?? String(error)}`);
  return EXIT.failed;
}

function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'SOC Defenders: a server of threat indicators. IOCs in, STIX 2.1 out.',
    '',
    'Usage: soc-defenders COMMAND [options]',
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'Each command explains itself: soc-defenders COMMAND --help',
    'Settings are environment variables: see docs/configuration.md, or soc-defenders doctor.',
    'Exit codes: 0 done, 1 failed, 2 wrong command line or setting, 3 input unreadable, 4 doctor found trouble.',
    '',
  ].join('\n');
}
