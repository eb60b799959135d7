import { formatTimestamp } from '../model/time.ts';
import type { RunRecord } from '../store/store.ts';
import { type Command, EXIT, UsageError } from './command.ts';
import { openExistingStore, STORE_HELP, STORE_OPTIONS } from './store.ts';

/** `runs`: what was imported, and what was not and why. */
export const runsCommand: Command = {
  name: 'runs',
  summary: 'List imports and runs of feeds, or show what one of them did not take, with reasons and samples.',
  synopsis: '[options] [RUN]',
  options: { ...STORE_OPTIONS, json: { type: 'boolean' } },
  help: { ...STORE_HELP, json: 'print JSON, one line for each run or reason' },
  examples: ['soc-defenders runs', 'soc-defenders runs 17', 'soc-defenders runs --json 17 | jq .samples'],
  async run(values, operands, terminal) {
    const [operand, extra] = operands;
    if (extra !== undefined) throw new UsageError(`runs: ${extra} is too much: name one run.`);
    if (operand !== undefined && !/^\d{1,15}$/.test(operand))
      throw new UsageError(`runs: ${operand} is not a run's number.`);
    const store = await openExistingStore(values, terminal);
    try {
      const [newest] = await store.listRuns(1);
      if (operand !== undefined && Number(operand) > (newest?.id ?? 0))
        throw new UsageError(`runs: there is no run ${operand}. See: soc-defenders runs`);
      const records: readonly object[] =
        operand === undefined ? await store.listRuns(50) : await store.listQuarantine(Number(operand));
      if (values.json === true) {
        for (const record of records) await terminal.write(`${JSON.stringify(record)}\n`);
      } else if (operand === undefined) {
        for (const run of await store.listRuns(50)) await terminal.write(runLine(run));
      } else {
        for (const { code, count, samples } of await store.listQuarantine(Number(operand))) {
          await terminal.write(`${count} × ${code}\n`);
          for (const sample of samples)
            await terminal.write(`  ${sample.place}: ${sample.reason}: ${sample.sample}\n`);
        }
      }
      if (records.length === 0)
        terminal.say(operand === undefined ? 'No imports yet.' : 'Nothing quarantined.');
      return EXIT.ok;
    } finally {
      await store.close();
    }
  },
};

function runLine(run: RunRecord): string {
  const counts = `${run.read} read, ${run.added} new, ${run.updated} updated, ${run.unchanged} unchanged, ${run.quarantined} quarantined`;
  const kept = run.held > 0 ? `, ${run.held} held back` : '';
  const gone = run.withdrawn > 0 ? `, ${run.withdrawn} withdrawn` : '';
  const end = run.endedAt === undefined && run.state !== 'held' ? ' (not ended)' : '';
  const state = run.state === 'held' ? 'waits for you' : run.state;
  const reason = run.failure === undefined ? '' : `\n    ${state}: ${run.failure}`;
  return (
    `${run.id}  ${formatTimestamp(run.startedAt)}  ${run.source}  ${run.input}: ` +
    `${counts}${kept}${gone}${end}${reason}\n`
  );
}
