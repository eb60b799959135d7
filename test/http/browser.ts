import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** Where Chromium may be; `CHROMIUM` names another place. */
const PLACES = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

const CHROMIUM = PLACES.find((path) => path !== '' && existsSync(path));

/** Why tests in a browser are left out, for `skip`; false where there is one. */
export const NO_BROWSER: string | false =
  CHROMIUM === undefined ? 'needs Chromium: apt-get install chromium, or name it in CHROMIUM' : false;

/** One page of a headless browser. */
export interface BrowserPage {
  readonly open: (url: string) => Promise<void>;
  /** Evaluates an expression in the page and returns its value. */
  readonly read: <T>(expression: string) => Promise<T>;
  /** Evaluates an expression that leads to another page, and waits for that. */
  readonly go: (expression: string) => Promise<void>;
  /** The page as PNG. */
  readonly picture: () => Promise<Buffer>;
  readonly scheme: (scheme: 'light' | 'dark') => Promise<void>;
  readonly width: (pixels: number) => Promise<void>;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** Starts a browser that is gone after the test. It resolves no name but localhost. */
export async function startBrowser(context: TestContext): Promise<BrowserPage> {
  const profile = mkdtempSync(join(tmpdir(), 'soc-browser-'));
  const child = spawn(
    CHROMIUM!,
    [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  context.after(async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });
  return await onePage(await endpointOf(child.stderr));
}

async function endpointOf(stderr: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of stderr) {
    text += chunk.toString('utf8');
    const found = /DevTools listening on (ws:\S+)/.exec(text)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error(`the browser did not start: ${text}`);
}

/** Speaks the DevTools protocol over one connection. */
async function onePage(endpoint: string): Promise<BrowserPage> {
  const socket = new WebSocket(endpoint);
  await once(socket, 'open');
  const waiting = new Map<number, (message: Message) => void>();
  const loads: (() => void)[] = [];
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    if (message.id !== undefined) waiting.get(message.id)?.(message);
    if (message.method === 'Page.loadEventFired') loads.splice(0).forEach((done) => done());
  });
  let last = 0;
  let sessionId: string | undefined;
  const call = async (method: string, params: object = {}): Promise<Record<string, unknown>> => {
    last += 1;
    const id = last;
    const answered = new Promise<Message>((resolve) => waiting.set(id, resolve));
    socket.send(JSON.stringify({ id, method, params, ...(sessionId !== undefined && { sessionId }) }));
    const { result, error } = await answered;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result!;
  };
  const { targetId } = await call('Target.createTarget', { url: 'about:blank' });
  ({ sessionId } = (await call('Target.attachToTarget', { targetId, flatten: true })) as {
    sessionId: string;
  });
  await call('Page.enable');
  const loaded = () => new Promise<void>((resolve) => loads.push(resolve));
  const evaluate = async (expression: string) => {
    const { result } = await call('Runtime.evaluate', { expression, returnByValue: true });
    return (result as { value?: unknown }).value;
  };
  const width = async (pixels: number): Promise<void> => {
    await call('Emulation.setDeviceMetricsOverride', {
      width: pixels,
      height: 900,
      deviceScaleFactor: 1,
      mobile: false,
    });
  };
  await width(1_100);
  return {
    open: async (url) => {
      const done = loaded();
      await call('Page.navigate', { url });
      await done;
    },
    read: async <T>(expression: string) => (await evaluate(expression)) as T,
    go: async (expression) => {
      const done = loaded();
      await evaluate(expression);
      await done;
    },
    picture: async () => {
      const { data } = await call('Page.captureScreenshot', { format: 'png', captureBeyondViewport: true });
      return Buffer.from(String(data), 'base64');
    },
    scheme: async (scheme) => {
      await call('Emulation.setEmulatedMedia', {
        features: [{ name: 'prefers-color-scheme', value: scheme }],
      });
    },
    width,
  };
}
