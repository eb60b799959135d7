import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipMember {
  readonly name: string;
  readonly body?: string | Uint8Array;
  readonly method?: 'deflate' | 'store';
  /** Marks it as encrypted; the content stays as it is. */
  readonly encrypted?: boolean;
  /** A length that is not true. */
  readonly statedSize?: number;
}

/** Writes a zip archive (APPNOTE 4.3). */
export function zipOf(members: readonly ZipMember[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const name = Buffer.from(member.name);
    const plain = Buffer.from(member.body ?? '');
    const data = member.method === 'store' || plain.length === 0 ? plain : deflateRawSync(plain);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(member.encrypted === true ? 1 : 0, 2);
    fields.writeUInt16LE(data === plain ? 0 : 8, 4);
    fields.writeUInt32LE(crc32(plain), 10);
    fields.writeUInt32LE(data.length, 14);
    fields.writeUInt32LE(member.statedSize ?? plain.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\u0001\u0002\u0014\u0000'), fields, place, name);
    const file = Buffer.concat([Buffer.from('PK\u0003\u0004'), fields, name, data]);
    files.push(file);
    offset += file.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...files, central, Buffer.from('PK\u0005\u0006'), end]);
}
