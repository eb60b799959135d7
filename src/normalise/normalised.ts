import type { IocType } from '../model/ioc.ts';
import { REJECTION_CODES } from '../model/sighting.ts';
import type { RejectionCode } from '../model/sighting.ts';

/** A value in its one normal form, or why it has none. */
export type Normalised =
  | { readonly ok: true; readonly type: IocType; readonly value: string }
  | { readonly ok: false; readonly code: RejectionCode; readonly reason: string };

export function accepted(type: IocType, value: string): Normalised {
  return { ok: true, type, value };
}

/** A refusal; `detail` says what exactly is wrong and is put after the code's own sentence. */
export function refused(code: RejectionCode, detail?: string): Normalised {
  const sentence = REJECTION_CODES[code];
  return { ok: false, code, reason: detail === undefined ? sentence : `${sentence}: ${detail}` };
}
