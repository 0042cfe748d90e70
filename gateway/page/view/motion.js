/** May things glide? Not for people who asked their phone for less motion. */

/** Returns how a scroll should get there. @returns {ScrollBehavior} */
export function glide() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
}
