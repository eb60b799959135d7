import type { DayReport } from '../usage-report.ts';
import { html, type Html } from './html.ts';

const WIDTH = 720;
const HEIGHT = 120;
/** Room for the greatest number above, and the dates below. */
const TOP = 18;
const BOTTOM = 18;

/** Requests a day as bars, those that failed in another colour; the same as text for who does not see them. */
export function dailyChart(days: readonly DayReport[]): Html {
  const most = Math.max(1, ...days.map(({ requests }) => requests));
  const step = WIDTH / Math.max(1, days.length);
  const scale = (count: number): number => (count / most) * (HEIGHT - TOP - BOTTOM);
  const bars = days.map(({ date, requests, errors }, index) => {
    const title = `${date}: ${requests} requests, ${errors} of them failed`;
    const [left, width] = [rounded(index * step + step * 0.1), rounded(step * 0.8)];
    const [all, failed] = [rounded(scale(requests)), rounded(scale(errors))];
    const floor = HEIGHT - BOTTOM;
    return html`<g>
      <title>${title}</title>
      <rect class="space" x="${left}" y="${TOP}" width="${width}" height="${floor - TOP}" />
      <rect class="requests" x="${left}" y="${rounded(floor - all)}" width="${width}" height="${all}" />
      <rect class="errors" x="${left}" y="${rounded(floor - failed)}" width="${width}" height="${failed}" />
    </g>`;
  });
  const [first, last] = [days[0]?.date ?? '', days.at(-1)?.date ?? ''];
  const total = days.reduce((sum, { requests }) => sum + requests, 0);
  return html`<svg
    class="chart"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    role="img"
    aria-label="Requests a day from ${first} to ${last}: ${total} in all, ${most} on the busiest day"
  >
    ${bars}
    <line x1="0" x2="${WIDTH}" y1="${HEIGHT - BOTTOM}" y2="${HEIGHT - BOTTOM}" />
    <text x="0" y="12">${most} a day at most</text>
    <text x="0" y="${HEIGHT - 4}">${first}</text>
    <text x="${WIDTH}" y="${HEIGHT - 4}" text-anchor="end">${last}</text>
  </svg>`;
}

function rounded(length: number): number {
  return Math.round(length * 100) / 100;
}
