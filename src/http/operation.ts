import type { ApiErrorCode } from '../errors.ts';
import type { Parameter } from '../model/parameters.ts';

/**
 * A JSON schema of the 2020-12 draft, as OpenAPI 3.1 takes it. One with a `title` in PascalCase becomes a component of
 * that name; the same title must always be the same schema.
 */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a route is for, beside its path and its handler: its documentation is made of this. */
export interface Operation {
  /** In camelCase, the same for good: generated clients name their functions after it. */
  readonly id: string;
  readonly tag: string;
  /** In a few words, without a full stop. */
  readonly summary: string;
  readonly description?: string;
  /** The table that the handler reads its query with. */
  readonly query?: Readonly<Record<string, Parameter<unknown, never>>>;
  /** The names in the path, each with what it stands for. */
  readonly path?: Readonly<Record<string, string>>;
  /** Headers of a request that change its answer, each with what it does; `Accept` and the key's go without saying. */
  readonly requestHeaders?: Readonly<Record<string, string>>;
  readonly body?: BodyDescription;
  /** Several of one status are the media types that it comes in. */
  readonly answers: readonly AnswerDescription[];
  /** Errors beside those that follow from who may use it and from its parameters. */
  readonly errors?: readonly ApiErrorCode[];
  /** How it writes errors, where that is not the way of all others. */
  readonly errorForm?: ErrorForm;
}

export interface BodyDescription {
  readonly mediaType: string;
  readonly schema: JsonSchema;
  readonly example: unknown;
}

export interface AnswerDescription {
  readonly status: number;
  /** What it means, in one sentence. */
  readonly description: string;
  readonly mediaType?: string;
  readonly schema?: JsonSchema;
  readonly example?: unknown;
  /** Several, by name, instead of one. */
  readonly examples?: Readonly<Record<string, unknown>>;
  /** Its headers beside the standing ones, each with what it says. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ErrorForm {
  /** What the document calls it, where it is not the way of all others. */
  readonly name?: string;
  readonly mediaType: string;
  readonly schema: JsonSchema;
  /** The body of an error of this status, code and message. */
  readonly example: (error: {
    readonly status: number;
    readonly code: ApiErrorCode;
    readonly message: string;
  }) => unknown;
}
