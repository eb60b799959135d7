import { TIERS } from '../../model/tier.ts';
import { type KeyView, keyPlaces, type NewKeyView } from '../key-desk.ts';
import type { SignedIn } from '../sessions.ts';
import { html, type Html, type Part } from './html.ts';
import { layout, notice, timeOf, token } from './layout.ts';

/** What was typed into the form for a new key. */
export interface KeyForm {
  readonly name: string;
  readonly expires: string;
  readonly networks: string;
}

const EMPTY: KeyForm = { name: '', expires: '', networks: '' };

/** The keys of an account, and the form for another. `once` tells forms apart: none makes two keys. */
export function keysPage(
  who: SignedIn,
  keys: readonly KeyView[],
  once: string,
  { problem, form = EMPTY }: { readonly problem?: string; readonly form?: KeyForm } = {},
): Html {
  const { most, taken } = keyPlaces(who, keys);
  return layout({
    title: 'Keys',
    who,
    content: html`<h1>Keys</h1>
      <p class="lead">
        ${taken} of ${most} ${TIERS[who.tier].label} keys of the account ${who.account} are in use.
      </p>
      ${keys.length === 0 ? html`<p class="card">No keys yet. Make the first below.</p>` : table(keys)}
      <section class="card">
        <h2>Make a key</h2>
        ${notice(problem)}
        <form method="post" action="/console/keys">
          ${token(who)}<input type="hidden" name="once" value="${once}" />
          ${keyFields(form)}
          <button>Make key</button>
        </form>
      </section>`,
  });
}

/** The fields that a key is described by. */
export function keyFields({ name, expires, networks }: KeyForm): Html {
  return html`<div class="fields">
    <div>
      <label for="name">Name</label>
      <input id="name" name="name" value="${name}" maxlength="100" required placeholder="edge firewall" />
    </div>
    <div>
      <label for="expires">Ends on (UTC)</label>
      <input id="expires" name="expires" type="date" value="${expires}" aria-describedby="expires-hint" />
      <p id="expires-hint" class="hint">Empty for never.</p>
    </div>
    <div class="wide">
      <label for="networks">Addresses and networks that may use it</label>
      <textarea id="networks" name="networks" rows="2" aria-describedby="networks-hint">${networks}</textarea>
      <p id="networks-hint" class="hint">
        Such as 192.0.2.0/24 or 2001:db8::/32, separated by spaces or lines. Empty for any.
      </p>
    </div>
  </div>`;
}

function table(keys: readonly KeyView[]): Html {
  return html`<div class="scroll" role="region" aria-label="Keys" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Key</th>
          <th scope="col">State</th>
          <th scope="col">Last used (UTC)</th>
          <th scope="col">Ends (UTC)</th>
          <th scope="col">From</th>
        </tr>
      </thead>
      <tbody>
        ${keys.map(row)}
      </tbody>
    </table>
  </div>`;
}

function row(key: KeyView): Html {
  return html`<tr>
    <th scope="row"><a href="/console/keys/${key.id}">${key.name}</a></th>
    <td><code>${key.prefix}…</code></td>
    <td>${stateBadge(key)}</td>
    <td>${timeOf(key.last_used_at)}</td>
    <td>${timeOf(key.expires_at)}</td>
    <td>${networksOf(key)}</td>
  </tr>`;
}

export function stateBadge({ state }: KeyView): Html {
  return html`<span class="badge ${state}">${state}</span>`;
}

function networksOf({ allowed_networks: networks }: KeyView): Part {
  const [first, ...more] = networks;
  if (first === undefined) return 'anywhere';
  return html`<code>${first}</code>${more.length > 0 && ` and ${more.length} more`}`;
}

/** A new key, the one time that it is shown. */
export function newKeyPage(who: SignedIn, made: NewKeyView, replaces?: KeyView): Html {
  return layout({
    title: 'New key',
    who,
    content: html`<section class="card">
      <h1>${made.name}</h1>
      ${notice('This is the key. Keep it now: it is not shown again.', 'good')}
      <label for="secret">API key</label>
      <input
        id="secret"
        class="secret"
        value="${made.key}"
        readonly
        autofocus
        autocomplete="off"
        spellcheck="false"
      />
      <pre class="example">curl -H 'Authorization: Bearer ${made.key}' …/api/v1/iocs</pre>
      ${replaces !== undefined && handOver(replaces)}
      <p><a class="button" href="/console/keys/${made.id}">I have kept it</a></p>
    </section>`,
  });
}

function handOver({ prefix, expires_at: end }: KeyView): Html {
  return html`<p>
    The old key <code>${prefix}…</code> goes on until every address that used it has come with this one and a
    day has passed without it, or until ${timeOf(end)} UTC.
  </p>`;
}
