import type { KeyView } from '../key-desk.ts';
import type { Receipts, VersionReceipt } from '../receipts.ts';
import type { SignedIn } from '../sessions.ts';
import type { UsageReport } from '../usage-report.ts';
import { dailyChart } from './chart.ts';
import { html, type Html, type Part } from './html.ts';
import { type KeyForm, keyFields, stateBadge } from './keys-page.ts';
import { layout, notice, timeOf, token } from './layout.ts';

/** What a key's page shows. */
export interface KeyPage {
  readonly key: KeyView;
  readonly usage: UsageReport;
  readonly problem?: string | undefined;
  /** What was typed into the form, where it was wrong. */
  readonly form?: KeyForm | undefined;
  readonly receipts?: Receipts | undefined;
  /** The value that was asked for, and why it is none. */
  readonly asked?: string | undefined;
  readonly unread?: string | undefined;
}

/** One key: what it is, what it did, what was sent to it, and what can be done with it. */
export function keyPage(who: SignedIn, page: KeyPage): Html {
  const { key } = page;
  const over = key.revoked_at !== null;
  return layout({
    title: key.name,
    who,
    content: html`<p><a href="/console/">All keys</a></p>
      <h1>${key.name} ${stateBadge(key)}</h1>
      ${notice(page.problem)} ${facts(key)} ${usageSection(page.usage)} ${receiptSection(page)}
      ${!over && changeSection(who, page)} ${!over && endSections(who, key)}`,
  });
}

function facts(key: KeyView): Html {
  return html`<dl class="facts">
    <div>
      <dt>Key</dt>
      <dd><code>${key.prefix}…</code></dd>
    </div>
    <div>
      <dt>Tier</dt>
      <dd>${key.tier}</dd>
    </div>
    <div>
      <dt>Made</dt>
      <dd>${timeOf(key.created_at)}</dd>
    </div>
    <div>
      <dt>Last used</dt>
      <dd>${timeOf(key.last_used_at)}</dd>
    </div>
    <div>
      <dt>${key.revoked_at === null ? 'Ends' : 'Revoked'}</dt>
      <dd>${timeOf(key.revoked_at ?? key.expires_at)}</dd>
    </div>
    ${
      key.successor !== null &&
      html`<div>
        <dt>Replaced by</dt>
        <dd><a href="/console/keys/${key.successor}">its successor</a></dd>
      </div>`
    }
  </dl>`;
}

function usageSection(usage: UsageReport): Html {
  const { latency_ms: latency, rate_limit_peak: peak } = usage;
  return html`<section class="card">
    <h2>Last ${usage.days} days</h2>
    ${dailyChart(usage.daily)}
    <dl class="facts">
      <div>
        <dt>Requests</dt>
        <dd>${usage.requests}</dd>
      </div>
      <div>
        <dt>Median</dt>
        <dd>${milliseconds(latency.p50)}</dd>
      </div>
      <div>
        <dt>95th percentile</dt>
        <dd>${milliseconds(latency.p95)}</dd>
      </div>
      <div>
        <dt>99th percentile</dt>
        <dd>${milliseconds(latency.p99)}</dd>
      </div>
      <div>
        <dt>Nearest to a limit</dt>
        <dd>${peak === null ? 'none' : `${peak.used} of ${peak.limit} on ${peak.date}`}</dd>
      </div>
    </dl>
    ${usage.endpoints.length > 0 && endpointTable(usage)} ${usage.addresses.length > 0 && addressList(usage)}
  </section>`;
}

function endpointTable({ endpoints }: UsageReport): Html {
  return html`<div class="scroll" role="region" aria-label="Requests by endpoint" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">Endpoint</th>
          <th scope="col" class="number">Requests</th>
          <th scope="col">By status</th>
          <th scope="col" class="number">Median</th>
          <th scope="col" class="number">99th percentile</th>
        </tr>
      </thead>
      <tbody>
        ${endpoints.map(
          ({ endpoint, requests, by_status: statuses, latency_ms: latency }) =>
            html`<tr>
              <th scope="row"><code>${endpoint}</code></th>
              <td class="number">${requests}</td>
              <td>
                ${Object.entries(statuses).map(([status, count]) => html`<span class="status">${status}: ${count}</span> `)}
              </td>
              <td class="number">${milliseconds(latency.p50)}</td>
              <td class="number">${milliseconds(latency.p99)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function addressList({ addresses }: UsageReport): Html {
  return html`<details>
    <summary>Addresses that used it (${addresses.length})</summary>
    <ul>
      ${addresses.map(
        ({ address, last_used_at: last }) => html`<li><code>${address}</code>, last ${timeOf(last)} UTC</li>`,
      )}
    </ul>
  </details>`;
}

function receiptSection({ key, receipts, asked = '', unread }: KeyPage): Html {
  return html`<section class="card" id="receipts">
    <h2>Was it sent?</h2>
    <form method="get" action="/console/keys/${key.id}#receipts" class="inline">
      <label for="value">IOC</label>
      <input id="value" name="value" value="${asked}" maxlength="2048" required placeholder="192.0.2.1" />
      <button>Look</button>
    </form>
    ${notice(unread)} ${receipts !== undefined && receiptAnswer(receipts)}
  </section>`;
}

const ANSWERS: Readonly<Record<VersionReceipt['sent'], string>> = {
  yes: 'was sent to this key',
  possibly: 'was possibly sent to this key',
  no: 'was not sent to this key, as far as receipts tell',
};

function receiptAnswer({ value, type, sent, versions }: Receipts): Html {
  return html`<p><code class="value">${value}</code> (${type}) <strong>${ANSWERS[sent]}</strong>.</p>
    ${versions.length === 0 && html`<p class="hint">It was never published here.</p>`}
    <ul>
      ${versions.map(
        (each) =>
          html`<li>
            Version of ${timeOf(each.version)}${each.revoked && ', a retraction'}:
            ${each.sent === 'no' ? 'not sent' : html`${each.sent === 'possibly' && 'possibly '}sent ${span(each)} by ${each.endpoints.join(', ')}`}
          </li>`,
      )}
    </ul>`;
}

function span({ first_sent_at: first, last_sent_at: last }: VersionReceipt): Part {
  return first === last ? timeOf(first) : html`${timeOf(first)} to ${timeOf(last)}`;
}

function changeSection(who: SignedIn, { key, form }: KeyPage): Html {
  const expires = key.expires_at?.slice(0, 10) ?? '';
  const shown = form ?? { name: key.name, expires, networks: key.allowed_networks.join('\n') };
  return html`<section class="card">
    <h2>Change</h2>
    <form method="post" action="/console/keys/${key.id}">
      ${token(who)}<input type="hidden" name="expires_was" value="${expires}" />
      ${keyFields(shown)}
      <button>Save</button>
    </form>
  </section>`;
}

function endSections(who: SignedIn, key: KeyView): Html {
  const rotation = html`<section class="card">
    <h2>Rotate</h2>
    <p>
      Makes a new key of the same kind. The old one goes on until every address that used it has come with the
      new one and a day has passed without it, or until the date.
    </p>
    <form method="post" action="/console/keys/${key.id}/rotate">
      ${token(who)}
      <label for="ends">The old key ends on (UTC)</label>
      <input id="ends" name="ends_at" type="date" aria-describedby="ends-hint" />
      <p id="ends-hint" class="hint">Empty for 30 days from now; 90 at most.</p>
      <button>Rotate key</button>
    </form>
  </section>`;
  return html`${key.state === 'active' && rotation}
    <section class="card danger">
      <h2>Revoke</h2>
      <p>For good, and at once. A firewall whose key is revoked may stop enforcing.</p>
      <form method="post" action="/console/keys/${key.id}/revoke">
        ${token(who)}
        <label class="check"><input type="checkbox" name="sure" value="yes" required /> I am sure</label>
        <button class="danger">Revoke key</button>
      </form>
    </section>`;
}

function milliseconds(time: number | null): string {
  return time === null ? '–' : `${time} ms`;
}
