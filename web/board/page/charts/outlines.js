/** The outlines of streets and districts, turned the way the chart library wants them. */

/** @typedef {import("../data/types.js").Feature} Feature */

/** Fetches the outlines of a level. @param {"street" | "district"} level @returns {Promise<Feature[]>} */
export async function outlines(level) {
  const answer = await fetch(`/api/v1/areas?level=${level}`);
  if (!answer.ok) throw new TypeError(`areas: ${answer.status}`);
  const { features } = await answer.json();
  for (const feature of features) turn(feature.geometry);
  return features;
}

/**
 * GeoJSON goes round the outside anticlockwise; on the globe of d3 the same ring would mean everything but the area.
 * @param {Feature["geometry"]} geometry
 */
function turn(geometry) {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  for (const polygon of polygons) for (const ring of polygon) ring.reverse();
}
