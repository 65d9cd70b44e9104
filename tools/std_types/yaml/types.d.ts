export interface YamlPosition {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

export declare class YamlSyntaxError extends SyntaxError {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
  readonly snippet?: string;
  constructor(message: string, position: YamlPosition, snippet?: string);
}
