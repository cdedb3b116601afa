// The browser's storage, which may be full, blocked or absent: the page then works from memory.

/** The stored value, or `otherwise`. */
export function read(key, otherwise = null) {
  try {
    const text = localStorage.getItem(`shezu.${key}`);
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}

/** Whether the value could be stored; null removes it. */
export function write(key, value) {
  try {
    if (value === null) localStorage.removeItem(`shezu.${key}`);
    else localStorage.setItem(`shezu.${key}`, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
