export interface CompareSimilarityOptions {
  caseSensitive?: boolean;
  compareFn?: (a: string, b: string) => number;
}

export declare function compareSimilarity(
  givenWord: string,
  options?: CompareSimilarityOptions,
): (a: string, b: string) => number;
