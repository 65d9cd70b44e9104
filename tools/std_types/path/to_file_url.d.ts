export declare function toFileUrl(path: string): URL;
