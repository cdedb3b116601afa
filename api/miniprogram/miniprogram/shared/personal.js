// Personal numbers, found and hidden before anything leaves the page: a question never needs them.

const KINDS = [
  ["身份证号", /\b[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]\b/g, () => true],
  ["手机号", /\b1[3-9]\d{9}\b/g, () => true],
  ["银行卡号", /\b\d{16,19}\b/g, luhn],
];

function luhn(digits) {
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** The text with personal numbers replaced, and the kinds that were found. */
export function withoutPersonalNumbers(text) {
  const kinds = [];
  for (const [kind, pattern, holds] of KINDS) {
    text = text.replace(pattern, (number) => {
      if (!holds(number)) return number;
      if (!kinds.includes(kind)) kinds.push(kind);
      return `［${kind}已隐去］`;
    });
  }
  return { text, kinds };
}
