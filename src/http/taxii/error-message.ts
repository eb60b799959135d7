import type { ApiError } from '../../errors.ts';

/** What 401 asks for: a key as a password, or as a bearer's token (RFC 7617, RFC 6750). */
export const TAXII_CHALLENGE = 'Basic realm="TAXII", charset="UTF-8", Bearer realm="TAXII"';

/** An error as TAXII tells it (TAXII 2.1 §3.6), as JSON. */
export function taxiiErrorBody(error: ApiError, requestId: string): string {
  const { code, message, details, status } = error;
  return JSON.stringify({
    title: titleOf(code),
    description: message,
    error_id: requestId,
    error_code: code,
    http_status: String(status),
    ...(details !== undefined && { details: { problems: details } }),
  });
}

function titleOf(code: string): string {
  const words = code.replaceAll('_', ' ').replace('api key', 'API key');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
