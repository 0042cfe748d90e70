/** How high is the page while a phone's keyboard is open? Some browsers lay the keyboard over the page: it is shortened. */

/** Keeps the page as high as what can be seen of it. */
export function followKeyboard() {
  const seen = window.visualViewport;
  if (!seen) return;
  const fit = () => {
    // A pinched page is smaller too, but has no keyboard.
    if (seen.scale > 1.01) return;
    document.documentElement.style.setProperty("--seen-height", `${seen.height}px`);
    window.scrollTo(0, 0);
  };
  seen.addEventListener("resize", fit);
  fit();
}
