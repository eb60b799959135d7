import type { SignedIn } from '../sessions.ts';
import { html, type Html, type Part } from './html.ts';

/** A page of the console. */
export interface Page {
  readonly title: string;
  readonly content: Part;
  /** Who is signed in; undefined for nobody. */
  readonly who?: SignedIn | undefined;
}

export function layout({ title, content, who }: Page): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} – SOC Defenders</title>
        <link rel="icon" href="/console/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/console/console.css" />
      </head>
      <body>
        <header class="bar">
          <a class="brand" href="/console/"
            ><img src="/console/icon.svg" alt="" width="24" height="24" />SOC Defenders</a
          >
          ${who !== undefined && menu(who)}
        </header>
        <main>${content}</main>
      </body>
    </html> `;
}

function menu(who: SignedIn): Html {
  return html`<nav aria-label="Account">
    <a href="/console/">Keys</a>
    <a href="/console/password">Password</a>
    <form method="post" action="/console/sign-out">
      ${token(who)}<button class="quiet">Sign out ${who.account}</button>
    </form>
  </nav>`;
}

/** What proves that a form is ours. */
export function token({ csrfToken }: SignedIn): Html {
  return html`<input type="hidden" name="csrf" value="${csrfToken}" />`;
}

/** A message above a form; nothing where there is none. */
export function notice(text: string | undefined, kind: 'problem' | 'good' = 'problem'): Part {
  if (text === undefined) return undefined;
  return html`<p class="notice ${kind}" role="${kind === 'problem' ? 'alert' : 'status'}">${text}</p>`;
}

/** A time to the minute, in UTC. */
export function timeOf(timestamp: string | null, otherwise = 'never'): Part {
  if (timestamp === null) return otherwise;
  return html`<time datetime="${timestamp}">${timestamp.slice(0, 16).replace('T', ' ')}</time>`;
}
