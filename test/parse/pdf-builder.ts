import { deflateSync } from 'node:zlib';

export interface PdfOptions {
  /** Compresses the pages' streams so many times. */
  readonly layers?: number;
  /** Put in place of the first page's stream, as it is. */
  readonly stream?: Buffer;
  readonly filter?: string;
}

/** A minimal PDF (ISO 32000-1, §7.5) in Helvetica: a page for each text, a line for each line of it. */
export function pdfOf(pages: readonly string[], options: PdfOptions = {}): Buffer {
  const { layers = 0, filter } = options;
  const font = 3 + 2 * pages.length;
  const kids = pages.map((_, page) => `${3 + 2 * page} 0 R`).join(' ');
  const objects: Buffer[] = [
    Buffer.from('<< /Type /Catalog /Pages 2 0 R >>'),
    Buffer.from(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`),
  ];
  for (const [page, text] of pages.entries()) {
    objects.push(
      Buffer.from(
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${4 + 2 * page} 0 R /Resources << /Font << /F1 ${font} 0 R >> >> >>`,
      ),
    );
    let content =
      page === 0 && options.stream !== undefined ? options.stream : Buffer.from(drawn(text), 'latin1');
    for (let layer = 0; layer < layers; layer += 1) content = deflateSync(content);
    const filters = filter ?? (layers > 0 ? `/Filter [${'/FlateDecode '.repeat(layers)}]` : '');
    objects.push(
      Buffer.concat([
        Buffer.from(`<< /Length ${content.length} ${filters} >>\nstream\n`),
        content,
        Buffer.from('\nendstream'),
      ]),
    );
  }
  objects.push(
    Buffer.from('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>'),
  );
  return assembled(objects);
}

function drawn(text: string): string {
  const lines = text.split('\n').map((line) => `(${line.replaceAll(/[\\()]/g, '\\$&')}) Tj T*`);
  return `BT /F1 10 Tf 12 TL 50 740 Td ${lines.join('\n')} ET`;
}

function assembled(objects: readonly Buffer[]): Buffer {
  const parts = [Buffer.from('%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n', 'latin1')];
  let length = parts[0]!.length;
  const offsets: number[] = [];
  for (const [index, object] of objects.entries()) {
    offsets.push(length);
    const part = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), object, Buffer.from('\nendobj\n')]);
    parts.push(part);
    length += part.length;
  }
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  parts.push(
    Buffer.from(
      `xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${length}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}
