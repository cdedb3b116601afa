// Elements from code. Text always becomes text nodes, so nothing that arrives from outside can be markup.

/** el("button.primary", {onclick}, "发送"): properties where the element has them, attributes otherwise. */
export function el(what, properties = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(" ");
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

/** A button that does something here (as opposed to a link, which goes somewhere). */
export function button(label, onclick, properties = {}) {
  const { className = "", ...rest } = properties;
  return el("button", { type: "button", className, onclick, ...rest }, label);
}
