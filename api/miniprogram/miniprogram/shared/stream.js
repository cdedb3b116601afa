// Server-sent events from raw bytes. No DOM and no TextDecoder: the WeChat mini-program uses this file as it is.

/** A streaming UTF-8 decoder: bytes in any split → text; wrong bytes become U+FFFD as the WHATWG decoder does. */
export function utf8Decoder() {
  let need, point, lower, upper;
  let started = false;
  const reset = () => { need = 0; point = 0; lower = 0x80; upper = 0xbf; };
  reset();

  function lead(byte) {
    if (byte < 0x80) return String.fromCharCode(byte);
    if (byte >= 0xc2 && byte <= 0xdf) { need = 1; point = byte & 0x1f; return ""; }
    if (byte >= 0xe0 && byte <= 0xef) {
      if (byte === 0xe0) lower = 0xa0;
      if (byte === 0xed) upper = 0x9f;
      need = 2; point = byte & 0x0f; return "";
    }
    if (byte >= 0xf0 && byte <= 0xf4) {
      if (byte === 0xf0) lower = 0x90;
      if (byte === 0xf4) upper = 0x8f;
      need = 3; point = byte & 0x07; return "";
    }
    return "\ufffd";
  }

  function follow(byte) {
    lower = 0x80; upper = 0xbf;
    point = (point << 6) | (byte & 0x3f);
    if (--need) return "";
    const text = String.fromCodePoint(point);
    reset();
    return text;
  }

  function withoutMark(text) {
    if (started || !text) return text;
    started = true;
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }

  return {
    write(bytes) {
      let text = "";
      for (const byte of bytes) {
        if (need && (byte < lower || byte > upper)) { reset(); text += "\ufffd"; }
        text += need ? follow(byte) : lead(byte);
      }
      return withoutMark(text);
    },
    end() {
      const text = need ? "\ufffd" : "";
      reset();
      return withoutMark(text);
    },
  };
}

/** A parser of text/event-stream: text in any split → the events completed by it, each {id, event, data}. */
export function eventParser() {
  let rest = "";
  let id = "";
  let event = "";
  let data = [];

  function line(text, found) {
    if (text === "") {
      if (data.length) found.push({ id, event: event || "message", data: data.join("\n") });
      event = ""; data = [];
      return;
    }
    const colon = text.indexOf(":");
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (field === "data") data.push(value);
    else if (field === "event") event = value;
    else if (field === "id" && !value.includes("\0")) id = value;
  }

  return {
    write(text) {
      const found = [];
      // A CR at the very end may be half of a CRLF: it stays until the next piece.
      const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop();
      for (const each of lines) line(each, found);
      return found;
    },
  };
}
