import type { CompareSimilarityOptions } from "./compare_similarity.d.ts";

export type WordSimilaritySortOptions = CompareSimilarityOptions;

export declare function wordSimilaritySort(
  givenWord: string,
  possibleWords: ReadonlyArray<string>,
  options?: WordSimilaritySortOptions,
): string[];
