export interface Attribute {
  readonly uuid: string;
  readonly type: string;
  readonly category: string;
  readonly to_ids: boolean;
  readonly value: string;
  readonly timestamp: string;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly Tag: readonly { readonly name: string; readonly colour: string }[];
}

export interface Event {
  readonly uuid: string;
  readonly info: string;
  readonly date: string;
  readonly timestamp: string;
  readonly published: boolean;
  readonly Orgc: { readonly name: string; readonly uuid: string };
  readonly Tag: readonly { readonly name: string }[];
  readonly Attribute: readonly Attribute[];
}

export function readEvent(text: string): Event {
  return (JSON.parse(text) as { Event: Event }).Event;
}
