/** Words that tell of an attack, and words that lead to something to read or name somebody harmless. */
const HOSTILE = String.raw`c2|c&c|cnc|c ?& ?c|command[- ]and[- ]control|attack(?:er|ers|ing)?|malware|malicious|payloads?|beacon(?:s|ed|ing)?|exfiltrat\w+|download(?:s|ed|ing|er)?|drop(?:s|ped|per)|phish\w*|contact(?:s|ed|ing)|connect(?:s|ed|ing|ion|ions)?|communicat\w+|resolv(?:e|es|ed|ing)|fetch|fetche[sd]|fetching|retriev\w+|redirect\w*|trojan\w*|backdoor\w*|botnet|ransomware|stealer|implant|hosted|hosting|served|callbacks?|calls? (?:back|out|home)|compromised|infrastructure|victims?|infect\w*|lur(?:e|es|ed)|inject\w+|spoof\w*|impersonat\w*|typosquat\w*|registered|threat actors?|adversar\w+|delivered|requests?|reaches out|sends?|sent|posts? (?:to|data)|queries|requested|observed|domain|server|landing page`;
const INFORMATIVE = String.raw`see|read|reports?|reported|blogs?|blog ?posts?|articles?|according to|published|publications?|documentation|documented|available (?:at|on|from|here)|references?|sources?|white ?papers?|learn more|more (?:information|details|about)|details? (?:at|on|in)|via|guides?|visit|refer to|advisory|advisories|bulletins?|research (?:by|from)|described|credits?|thanks|tools?|project|repository|github|legitimate|benign|official|genuine|real|website of|homepage|website|vendor|customers?|our`;
const TELLING = String.raw`\b(?:(${HOSTILE})|${INFORMATIVE})\b`;

/** Whether words around a value speak of an attack, or lead to something to read. */
export type Tone = 'hostile' | 'informative' | undefined;

/** Finds the telling words of a text along rising offsets, each once, however many values stand between them. */
export class Tones {
  readonly #text: string;
  readonly #telling = new RegExp(TELLING, 'gi');
  #last: RegExpExecArray | undefined;
  #next: RegExpExecArray | null | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /**
   * What the part `[from, to)` of the text says of the value at `[start, end)`, by the last telling word before it, or
   * else the first after it. To be asked in rising order.
   */
  at(from: number, start: number, end: number, to: number): Tone {
    this.#skipTo(from);
    let before = this.#last;
    while (this.#next && this.#next.index < end) {
      if (this.#next.index < start) before = this.#next;
      this.#last = this.#next;
      this.#next = this.#telling.exec(this.#text);
    }
    if (before !== undefined && before.index >= from && before.index < start) return toneOf(before);
    return this.#next && this.#next.index < to ? toneOf(this.#next) : undefined;
  }

  #skipTo(from: number): void {
    if (this.#next === null || (this.#next !== undefined && this.#next.index >= from)) return;
    this.#telling.lastIndex = Math.max(this.#telling.lastIndex, from);
    this.#next = this.#telling.exec(this.#text);
  }
}

function toneOf(match: RegExpExecArray): Tone {
  return match[1] === undefined ? 'informative' : 'hostile';
}
