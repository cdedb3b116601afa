export function withoutPersonalNumbers(text: string): { text: string; kinds: string[] };
