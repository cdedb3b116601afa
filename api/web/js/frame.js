// The page inside the widget's frame: Escape closes the widget, unless it closes something of the page itself.

addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || document.querySelector("dialog[open]")) return;
  // Says nothing about the conversation, so any site may hear it.
  parent.postMessage("shezu:close", "*");
});
