import type { IocItem } from '../model/ioc-item.ts';
import type { IocType } from '../model/ioc.ts';
import { isInNormalForm, isNetwork } from './admission.ts';
import type { ExportFormat } from './format.ts';

/**
 * Suricata datasets: one value a line (https://docs.suricata.io/en/latest/rules/datasets.html, File formats). Type `string` is
 * base64, so that no value is more than one entry; type `ip` is the address itself and has no networks. Datasets hold only
 * values in normal form, as a line that Suricata cannot read stops it.
 */
export const suricataDatasets: readonly ExportFormat[] = [
  dataset('suricata-ip', 'Suricata dataset of IP addresses', ['ipv4', 'ipv6'], ({ value }) =>
    isNetwork(value) ? undefined : value,
  ),
  dataset('suricata-domain', 'Suricata dataset of domains', ['domain'], ({ value }) =>
    Buffer.from(value).toString('base64'),
  ),
  dataset('suricata-md5', 'Suricata dataset of MD5 hashes', ['md5'], ({ value }) => value),
  dataset('suricata-sha256', 'Suricata dataset of SHA-256 hashes', ['sha256'], ({ value }) => value),
];

function dataset(
  name: string,
  label: string,
  types: readonly IocType[],
  entry: (item: IocItem) => string | undefined,
): ExportFormat {
  return {
    name,
    label,
    mediaType: 'text/plain; charset=utf-8',
    fileExtension: 'lst',
    tier: 'pro',
    types,
    tellsRevoked: false,
    open: () => ({
      begin: () => '',
      item: (item) => {
        const line = isInNormalForm(item) ? entry(item) : undefined;
        return line === undefined ? undefined : `${line}\n`;
      },
      end: () => '',
    }),
  };
}
