import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import test from 'node:test';

import type { RawReport } from '../../../src/parse/format.ts';
import { openInput } from '../../../src/parse/formats.ts';
import { cpuTime } from '../../cpu-time.ts';
import { pdfOf } from '../pdf-builder.ts';

const NOW = Date.UTC(2026, 5, 1);

/** What a reader tells of a document, and how many IOCs were handed on before it did. */
async function told(content: string | Uint8Array, fileName = ''): Promise<RawReport> {
  const reports: RawReport[] = [];
  let before = 0;
  let read = 0;
  const onReport = (report: RawReport): void => {
    before = read;
    reports.push(report);
  };
  const { items } = await openInput(Readable.from([Buffer.from(content)]), {
    now: NOW,
    onReport,
    fileName,
  });
  for await (const batch of items) read += batch.length;
  assert.deepEqual([reports.length, before], [1, 0]);
  return reports[0]!;
}

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../fixtures/reports/${name}`, import.meta.url));

test('a page tells its title, address and text, without the page around it', async () => {
  const page = fixture('vendor-page.html');
  const { digest, title, url, summary, paragraphs } = await told(page);
  assert.equal(digest, createHash('sha256').update(page).digest('hex'));
  assert.equal(title, 'Quiet Heron: a new loader');
  assert.equal(url, 'https://labs.example.com/research/quiet-heron');
  assert.match(
    summary ?? '',
    /^In March the loader first described by Example Org's researchers came back\./,
  );
  assert.doesNotMatch(paragraphs.join('\n'), /cookies|CVE-2020-1472|css\.example\.net/);
  assert.match(paragraphs.join('\n'), /T1547\.001/);
});

test('Markdown, plain text and PDF tell by their headings and their beginning', async () => {
  const { title, url, summary } = await told(fixture('backdoor.md'), 'backdoor.md');
  assert.deepEqual([title, url], ['Amber Finch', undefined]);
  assert.match(summary ?? '', /Amber Finch is a backdoor/);
  const pdf = await told(pdfOf(['A title\nThe implant calls evil[.]example[.]com.']));
  assert.match(pdf.title ?? '', /^A title/);
  assert.match(pdf.paragraphs.join(' '), /evil\[\.\]example\[\.\]com/);
});

test('a list of values has no title', async () => {
  const { title } = await told(`${'ab'.repeat(32)} (Heron downloader)\n${'cd'.repeat(32)}\n`, 'values.md');
  assert.equal(title, undefined);
});

test('what the head of a page says for others comes first', async () => {
  const page = (head: string): string =>
    `<!doctype html><html><head><title>Page &amp; publisher</title>${head}</head><body><h2>Second</h2><p>Text of the page.</p></body></html>`;
  const full = await told(
    page(
      '<meta property="og:title" content="Heron &amp; friends"><meta property="og:description" content="In short.">' +
        '<meta property="article:published_time" content="2026-03-02T10:00:00+01:00"><meta property="og:url" content="https://labs.example.com/a">',
    ),
  );
  assert.deepEqual(
    [full.title, full.summary, full.publishedAt, full.url],
    ['Heron & friends', 'In short.', Date.UTC(2026, 2, 2, 9), 'https://labs.example.com/a'],
  );
  const bare = await told(page('<svg><title>A drawing</title></svg>'));
  assert.deepEqual([bare.title, bare.summary, bare.publishedAt], ['Page & publisher', undefined, undefined]);
  for (const time of ['tomorrow', '2027-01-01T00:00:00Z', '']) {
    const { publishedAt } = await told(page(`<meta property="article:published_time" content="${time}">`));
    assert.equal(publishedAt, undefined, time);
  }
});

test('texts are on one line and bounded, whatever a document holds', async () => {
  const long = 'x\u202e\u0007 '.repeat(20_000);
  const report = await told(
    `<!doctype html><html><head><title>${long}</title><meta property="og:description" content="${long}"></head><body><h1>${long}</h1><p>${long}</p></body></html>`,
  );
  assert.ok(report.title!.length <= 300 && report.summary!.length <= 500);
  assert.ok(report.paragraphs.every((paragraph) => paragraph.length <= 4_000));
  assert.doesNotMatch([report.title, report.summary, ...report.paragraphs].join(''), /[\u202e\u0007\n]/);
});

test('of a very long document the beginning is told, in little time', async () => {
  const text = `# Title\n\n${'A sentence of the report that goes on and on for a while. '.repeat(80_000)}`;
  const before = cpuTime();
  const { paragraphs } = await told(text, 'report.md');
  assert.ok(cpuTime() - before < 5_000);
  const length = paragraphs.reduce((sum, paragraph) => sum + paragraph.length, 0);
  assert.ok(length > 300_000 && length <= 400_000, String(length));
});
