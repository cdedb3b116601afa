// The one place to change before a release: the office's own HTTPS address, which must also stand in the mini-program's server domains.
export const ORIGIN = "https://shezu.example.gov.cn";
