import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { after, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The browser's program, or undefined where there is none: `CHROMIUM` may say which. */
export const CHROMIUM = [process.env.CHROMIUM, ...NAMES].find(
  (name) => name !== undefined && spawnSync(name, ['--version']).status === 0,
);

/** Why tests that need it are skipped; false when they are not. */
export const WITHOUT_CHROMIUM: string | false =
  CHROMIUM === undefined && 'no Chromium here: install the package chromium, or name it in CHROMIUM';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

type Answer = Readonly<Record<string, unknown>>;

/** A page of a browser, driven over its debugging pipe. */
export interface Browser {
  /** Sends a command of the DevTools protocol to the page. */
  readonly send: (method: string, params?: object) => Promise<Answer>;
  /** The value of an expression in the page. Rejects with what it throws. */
  readonly evaluate: (expression: string) => Promise<unknown>;
  /** Goes on when an expression becomes true; rejects after ten seconds. */
  readonly until: (expression: string) => Promise<void>;
  /** URLs that were asked for, but for `data:`. */
  readonly requested: string[];
  /** Errors of the page, of its console, and of its policy. */
  readonly complaints: string[];
}

/** One browser for all tests of a file, as it takes seconds to start. */
let running: Promise<Pipe> | undefined;
let stop: () => Promise<void> = async () => undefined;

after(() => stop());

/** Opens a page that shares nothing with others, of a browser that is closed when all tests have ended. */
export async function openBrowser(context: TestContext): Promise<Browser> {
  running ??= start();
  const pipe = await running;
  const { browserContextId } = await pipe.send('Target.createBrowserContext', {});
  context.after(() => pipe.send('Target.disposeBrowserContext', { browserContextId }));
  return await openPage(pipe, browserContextId);
}

async function start(): Promise<Pipe> {
  const profile = mkdtempSync(join(tmpdir(), 'soc-browser-'));
  const basic = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--no-first-run',
  ];
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
  const own = [`--user-data-dir=${profile}`, '--remote-debugging-pipe'];
  const child = spawn(CHROMIUM!, [...basic, ...quiet, ...own], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  stop = async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  const pipe = new Pipe(child);
  await pipe.send('Browser.getVersion', {});
  return pipe;
}

async function openPage(pipe: Pipe, browserContextId: unknown): Promise<Browser> {
  const { targetId } = await pipe.send('Target.createTarget', { url: 'about:blank', browserContextId });
  const attached = await pipe.send('Target.attachToTarget', { targetId, flatten: true });
  const sessionId = attached.sessionId as string;
  const requested: string[] = [];
  const complaints: string[] = [];
  pipe.listen((method, params) => {
    if (method === 'Network.requestWillBeSent') {
      const { url } = params.request as { readonly url: string };
      if (!url.startsWith('data:')) requested.push(url);
    } else if (COMPLAINTS.has(method)) complaints.push(JSON.stringify(params));
  });
  const send = (method: string, params: object = {}): Promise<Answer> => pipe.send(method, params, sessionId);
  for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await send(`${domain}.enable`);
  const evaluate = async (expression: string): Promise<unknown> => {
    const how = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await send('Runtime.evaluate', how);
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { readonly value?: unknown }).value;
  };
  const until = async (expression: string): Promise<void> => {
    const end = performance.now() + 10_000;
    while ((await evaluate(expression)) !== true) {
      if (performance.now() > end) throw new Error(`it never became true: ${expression}`);
      await delay(25);
    }
  };
  return { send, evaluate, until, requested, complaints };
}

const COMPLAINTS = new Set(['Runtime.exceptionThrown', 'Log.entryAdded', 'Runtime.consoleAPICalled']);

/** The browser's end of the DevTools protocol: JSON texts, each ended by NUL. */
class Pipe {
  readonly #output: Writable;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #listener: (method: string, params: Answer) => void = () => undefined;
  #last = 0;
  #rest = '';

  constructor(child: ChildProcess) {
    this.#output = child.stdio[3] as Writable;
    const input = child.stdio[4] as Readable;
    child.once('exit', () => {
      for (const answer of this.#waiting.values()) answer({ error: { message: 'the browser has ended' } });
    });
    input.setEncoding('utf8').on('data', (text: string) => this.#take(text));
  }

  listen(listener: (method: string, params: Answer) => void): void {
    this.#listener = listener;
  }

  async send(method: string, params: object, sessionId?: string): Promise<Answer> {
    this.#last += 1;
    const id = this.#last;
    const { promise, resolve } = Promise.withResolvers<Message>();
    this.#waiting.set(id, resolve);
    this.#output.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { result, error } = await promise;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }

  #take(text: string): void {
    const [first = '', ...others] = text.split('\0');
    const texts = [this.#rest + first, ...others];
    this.#rest = texts.pop()!;
    for (const each of texts) {
      const message = JSON.parse(each) as Message;
      if (message.id === undefined) this.#listener(message.method ?? '', message.params ?? {});
      else this.#waiting.get(message.id)?.(message);
    }
  }
}
