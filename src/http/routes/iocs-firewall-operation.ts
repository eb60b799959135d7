import type { Operation } from '../operation.ts';
import { PAGE_REQUEST_HEADERS, pageAnswers, SAVED } from '../schemas/page-answers.ts';
import { FIREWALL_PARAMETERS } from './iocs-firewall-request.ts';

/** What a firewall list is for. */
export const IOCS_FIREWALL_OPERATION: Operation = {
  id: 'getFirewallList',
  tag: 'Exports',
  summary: 'A list of entries for a firewall',
  description:
    'The highest ranked of all IOCs that match: those of the highest confidence, then those seen last, as many as the product takes. It is one file without pages.',
  query: FIREWALL_PARAMETERS,
  requestHeaders: PAGE_REQUEST_HEADERS,
  errors: ['not_acceptable'],
  answers: pageAnswers(
    [
      {
        status: 200,
        description: 'One entry a line, the highest ranked first.',
        mediaType: 'text/plain',
        schema: { type: 'string' },
        example: '192.0.2.7\n198.51.100.0/24\n',
        headers: {
          'Last-Modified': 'When the newest of the IOCs that match was published.',
          ...SAVED,
          'X-IOCs-Matched': 'How many IOCs match the filters.',
          'X-IOCs-Left-Out':
            'How many of them are not in the list: beyond what the product takes, or not as an entry of it. HEAD has it only while the list is known.',
        },
      },
    ],
    { paged: false },
  ),
};
