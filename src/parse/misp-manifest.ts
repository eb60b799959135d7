import { InputError, type Format, type ReadItem } from './format.ts';
import { JsonOutline } from './json-outline.ts';

const UUID_KEY = /^\s*\{\s*"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"\s*:/i;

/** The table of contents of a MISP feed. It names events and holds no IOC: recognised to be refused. */
export const mispManifest: Format = {
  name: 'misp-manifest',
  label: 'MISP feed manifest',
  recognises(head) {
    if (!UUID_KEY.test(head)) return false;
    const outline = new JsonOutline(head);
    return outline.has('*', 'info') && (outline.has('*', 'Orgc') || outline.has('*', 'threat_level_id'));
  },
  // oxlint-disable-next-line require-yield
  async *read(): AsyncGenerator<readonly ReadItem[]> {
    throw new InputError(
      'the whole input',
      'a MISP manifest only lists events: import the event files beside it, named UUID.json',
    );
  },
};
