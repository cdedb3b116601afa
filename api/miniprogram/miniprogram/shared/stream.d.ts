export interface StreamEvent { id: string; event: string; data: string }
export function utf8Decoder(): { write(bytes: Iterable<number>): string; end(): string };
export function eventParser(): { write(text: string): StreamEvent[] };
