// What stays on this device. A full or broken store must never stop an answer.

/** @template T @param {string} name @param {T} fallback @returns {T} */
export function read(name, fallback) {
  try {
    const found = wx.getStorageSync(name);
    return found === "" || found === undefined ? fallback : found;
  } catch {
    return fallback;
  }
}

/** Writes the value, or takes it away where it is null; whether that worked. @param {string} name @param {unknown} value */
export function write(name, value) {
  try {
    if (value === null) wx.removeStorageSync(name);
    else wx.setStorageSync(name, value);
    return true;
  } catch {
    return false;
  }
}
