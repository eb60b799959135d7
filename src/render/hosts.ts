import type { IocItem } from '../model/ioc-item.ts';
import { isInNormalForm } from './admission.ts';
import type { ExportFormat } from './format.ts';

/**
 * A hosts file: domains that resolve to nowhere (hosts(5)). `0.0.0.0` fails at once, where 127.0.0.1 would ask a server on the
 * machine itself. It takes exactly these names; their subdomains need RPZ.
 */
export const hosts: ExportFormat = {
  name: 'hosts',
  label: 'Hosts file',
  mediaType: 'text/plain; charset=utf-8',
  fileExtension: 'txt',
  tier: 'pro',
  types: ['domain'],
  tellsRevoked: false,
  open: () => ({
    begin: () => '# Malicious domains. Put what is your own above this line.\n',
    item: (item: IocItem) => (isInNormalForm(item) ? `0.0.0.0 ${item.value}\n` : undefined),
    end: () => '',
  }),
};
