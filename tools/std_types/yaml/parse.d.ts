import type { YamlSyntaxError } from "./types.d.ts";

export type SchemaType = "failsafe" | "json" | "core" | "default" | "extended";

export interface ParseOptions {
  schema?: SchemaType;
  allowDuplicateKeys?: boolean;
  onWarning?(error: YamlSyntaxError): void;
}

export declare function parse(content: string, options?: ParseOptions): unknown;

export declare function parseAll(
  content: string,
  options?: ParseOptions,
): unknown[];
