import type { RouteParts } from './app.ts';
import type { KeyDesk } from './key-desk.ts';
import type { Sessions } from './sessions.ts';
import type { SignIn } from './sign-in.ts';
import type { UsageMeter } from './usage-meter.ts';

/** What routes for people who are signed in are made of. */
export interface ConsoleParts extends RouteParts {
  readonly sessions: Sessions;
  readonly signIn: SignIn;
  readonly desk: KeyDesk;
  readonly usage: UsageMeter;
}
